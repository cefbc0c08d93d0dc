// The script and the style of the report's page, bundled into the text of a module that the bundle of the tool can hold.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type BuildOptions, build } from 'esbuild'

const root = resolve(import.meta.dirname, '..')

const uplot = JSON.parse(readFileSync(resolve(root, 'node_modules/uplot/package.json'), 'utf8'))
// It is in every report, and its license asks to be named in copies.
const NOTICE = `/* With uPlot ${uplot.version}, copyright Leon Sorokin, MIT license. */`

/** The text of src/report/html/page-assets.ts; the same sources and lock file give the same. */
export async function pageAssets(): Promise<string> {
  const script = await bundled('src/report/page/page.ts', { format: 'iife', banner: { js: NOTICE } })
  const style = await bundled('src/report/page/style.css', { banner: { css: NOTICE } })
  return [
    '// Written by `npm run generate`: the script and the style of the page, and how its policy knows them.',
    ...[...constants('SCRIPT', script), ...constants('STYLE', style)].map(
      ([name, text]) => `export const ${name} = ${JSON.stringify(text)}`,
    ),
    '',
  ].join('\n')
}

function constants(name: string, text: string): [string, string][] {
  // A browser would end the element here.
  if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error(`The page's ${name} holds what ends its element`)
  return [
    [name, text],
    [`${name}_HASH`, `sha256-${createHash('sha256').update(text).digest('base64')}`],
  ]
}

async function bundled(entry: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [resolve(root, entry)],
    bundle: true,
    minify: true,
    platform: 'browser',
    target: 'es2023',
    charset: 'utf8',
    legalComments: 'none',
    ...options,
    write: false,
    absWorkingDir: root,
  })
  return outputFiles[0]!.text.trim()
}
