// Writes what is made from the grammar of the profile: loadgate.schema.json and docs/profile.md.
import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { profileSchema } from '../src/profile/grammar.ts'
import { profileReference } from './profile-reference.ts'

const root = resolve(import.meta.dirname, '..')
mkdirSync(resolve(root, 'docs'), { recursive: true })
writeFileSync(resolve(root, 'loadgate.schema.json'), `${JSON.stringify(profileSchema(), null, 2)}\n`)
writeFileSync(resolve(root, 'docs/profile.md'), profileReference())
