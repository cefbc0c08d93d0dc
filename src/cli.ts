#!/usr/bin/env node
// The command line. Its parts need Node 24, whose absence must be told before they are loaded.
const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(
    `error: Loadgate needs Node 24 or newer; this is ${process.version}.\n` +
      'On Linux x64, npm ci has put one at node_modules/.bin/node beside dist: begin the command with it.\n',
  )
  process.exitCode = 2
} else {
  const { runCommand } = await import('./command-line/commands.ts')
  process.exitCode = await runCommand(process.argv.slice(2))
}
