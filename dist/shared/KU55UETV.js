import { createRequire as __loadgateCreateRequire } from 'node:module'; const require = __loadgateCreateRequire(import.meta.url);
import{a,b}from"./NRWYXE7P.js";import"./2AD6KBB3.js";import"./BAMHDWRZ.js";import"./HLA4RPYJ.js";import"./SKWKQPGF.js";import"./GDNHV4EW.js";import"./F5BPKOSP.js";export{a as openBucket,b as openObjects};
