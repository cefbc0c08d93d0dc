import { createRequire as __loadgateCreateRequire } from 'node:module'; const require = __loadgateCreateRequire(import.meta.url);
import{a,b,c,d}from"./5YC2Z7AN.js";import"./HLA4RPYJ.js";import"./F5BPKOSP.js";export{a as IMPORT_WITHIN,b as addressOf,d as foreignImports,c as importFunctions};
