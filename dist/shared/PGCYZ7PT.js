import { createRequire as __loadgateCreateRequire } from 'node:module'; const require = __loadgateCreateRequire(import.meta.url);
import{a,b}from"./EBRNFZX4.js";import"./FVSKKABH.js";import"./EBH5KTP7.js";import"./MGNDJMAC.js";import"./F5BPKOSP.js";export{b as Http2Stream,a as http2};
