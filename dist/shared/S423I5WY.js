import { createRequire as __loadgateCreateRequire } from 'node:module'; const require = __loadgateCreateRequire(import.meta.url);
import{a}from"./NA6QPX4Y.js";import"./T4EHPHPL.js";import"./F5BPKOSP.js";export{a as compileHtml};
