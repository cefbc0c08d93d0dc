import { createRequire as __loadgateCreateRequire } from 'node:module'; const require = __loadgateCreateRequire(import.meta.url);
import{a,b,c}from"./236ZZWAB.js";import"./F5BPKOSP.js";export{b as END_KINDS,a as EXIT_CODES,c as Leaving};
