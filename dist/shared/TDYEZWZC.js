import { createRequire as __loadgateCreateRequire } from 'node:module'; const require = __loadgateCreateRequire(import.meta.url);
import{a,b}from"./7RNMGNY2.js";import"./FVSKKABH.js";import"./ZA4F4KSK.js";import"./UOA4YIHG.js";import"./F5BPKOSP.js";export{b as Http2Stream,a as http2};
