// Builds dist/: five entries and what they share, as ESM that runs on Node 24 without node_modules. The same sources and
// lock file give the same bytes, which `npm run dist-check` holds the committed files to.
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const target = process.argv[2] ?? 'dist'
// Bundled already, into src/report/html/page-assets.ts.
const IN_THE_PAGE = ['node_modules/uplot/dist/uPlot.esm.js']
// Put in place whole, so that nobody ever runs half a build.
const outdir = `${target}.new`
rmSync(outdir, { recursive: true, force: true })

const { metafile } = await build({
  entryPoints: ['action', 'cleanup', 'cli', 'task', 'thread'].map((entry) => `src/${entry}.ts`),
  outdir,
  bundle: true,
  splitting: true,
  chunkNames: 'shared/[hash]', // in a folder, as in src: the thread executor looks for ../thread.js
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  keepNames: true, // error names reach people
  charset: 'utf8',
  legalComments: 'none', // all license texts stand in licenses.txt
  metafile: true,
  // Else a WebSocket would take native helpers from wherever Node finds some.
  define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' },
  // CommonJS dependencies call require('node:…'); a short alias would collide with minified names.
  banner: {
    js: "import { createRequire as __loadgateCreateRequire } from 'node:module'; const require = __loadgateCreateRequire(import.meta.url);",
  },
})

writeFileSync(join(outdir, 'package.json'), `${JSON.stringify({ type: 'module' })}\n`)
writeFileSync(join(outdir, 'licenses.txt'), licenses([...Object.keys(metafile.inputs), ...IN_THE_PAGE]))
rmSync(target, { recursive: true, force: true })
renameSync(outdir, target)

/** The license of every bundled package; one without a declared license or a text is listed as such, not left out. */
function licenses(inputs) {
  const folders = new Set(inputs.map(packageFolder).filter(Boolean))
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry))
      const text = file ? readFileSync(join(folder, file), 'utf8').trim() : 'No license text in the package.'
      return `${name} ${version}\n${license ?? 'No license declared.'}\n\n${text}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}

function packageFolder(input) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(resolve(input))
  return match?.[1]
}
