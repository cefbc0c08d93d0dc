// Writes what is made from the grammar of the profile, loadgate.schema.json and docs/profile.md, from the reader of reports,
// loadgate-report.schema.json, and what the report's page brings along: src/report/html/page-assets.ts.
import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { profileSchema } from '../src/profile/grammar.ts'
import { reportSchema } from '../src/report/report-file.ts'
import { pageAssets } from './page-assets.ts'
import { profileReference } from './profile-reference.ts'

const root = resolve(import.meta.dirname, '..')
mkdirSync(resolve(root, 'docs'), { recursive: true })
writeFileSync(resolve(root, 'loadgate.schema.json'), `${JSON.stringify(profileSchema(), null, 2)}\n`)
writeFileSync(resolve(root, 'docs/profile.md'), profileReference())
writeFileSync(resolve(root, 'loadgate-report.schema.json'), `${JSON.stringify(reportSchema(), null, 2)}\n`)
writeFileSync(resolve(root, 'src/report/html/page-assets.ts'), await pageAssets())
