import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { readProfile } from '../../src/profile/read-profile.ts'

test('the profile on the page about side by side is right', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/side-by-side.md'), 'utf8')
  const profiles = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => String(text))
  expect(profiles.length).toBeGreaterThan(0)
  for (const text of profiles) expect(readProfile(text, { file: 'page', env: {} }).issues).toEqual([])
})
