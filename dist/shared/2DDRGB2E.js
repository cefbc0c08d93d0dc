import { createRequire as __loadgateCreateRequire } from 'node:module'; const require = __loadgateCreateRequire(import.meta.url);
import{a}from"./FU3YTEBB.js";import"./HLA4RPYJ.js";import"./F5BPKOSP.js";export{a as compilePattern};
