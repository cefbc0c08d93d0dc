import { createRequire as __loadgateCreateRequire } from 'node:module'; const require = __loadgateCreateRequire(import.meta.url);
import{c as r}from"./HLA4RPYJ.js";import{a as e}from"./F5BPKOSP.js";var n=class extends r{static{e(this,"Refused")}};export{n as a};
