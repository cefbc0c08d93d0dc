import { createRequire as __loadgateCreateRequire } from 'node:module'; const require = __loadgateCreateRequire(import.meta.url);
import{a as n}from"./F5BPKOSP.js";var p=/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu,t=/[\p{Cn}\p{Co}\p{Cs}]/gu;function o(e){return e.replace(p,"").replace(t,"�")}n(o,"visibleOnly");export{o as a};
