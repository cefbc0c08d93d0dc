#!/usr/bin/env node
import { createRequire as __loadgateCreateRequire } from 'node:module'; const require = __loadgateCreateRequire(import.meta.url);
var[s=0]=process.versions.node.split(".").map(Number);if(s<24)process.stderr.write(`error: Loadgate needs Node 24 or newer; this is ${process.version}.
On Linux x64, npm ci has put one at node_modules/.bin/node beside dist: begin the command with it.
`),process.exitCode=2;else{let{runCommand:e}=await import("./shared/TRDH2EIZ.js");process.exitCode=await e(process.argv.slice(2))}
