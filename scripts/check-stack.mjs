// What AWS's own validator says of the CloudFormation templates named, or of infra/stack.yml: `node scripts/check-stack.mjs`.
import { resolve } from 'node:path'
import validator from '@aws/cloudformation-validate'

/** What is worse than advice. */
const REFUSED = ['FATAL', 'ERROR', 'WARN']

const named = process.argv.slice(2)
const files = named.length > 0 ? named : [resolve(import.meta.dirname, '../infra/stack.yml')]
const engine = new validator.RegoEngine()
let refused = 0
for (const file of files)
  for (const found of engine.validateStandard(new validator.TemplateFile(file)).diagnostics) {
    if (!REFUSED.includes(found.severity)) continue
    refused++
    const at = [found.entity?.name, found.propertyPath].filter(Boolean).join(' ')
    console.log(`${file}:${found.startLine ?? 1}: ${found.severity} ${found.ruleId} ${at}: ${found.message}`)
  }
engine.free()
console.log(`${files.length === 1 ? files[0] : `${files.length} templates`}: ${refused} findings`)
process.exitCode = refused === 0 ? 0 : 1
