// A profile with everything that costs a request something, for a target that must never be asked.
import { planLoad } from '../../src/plan/plan-load.ts'
import { parseProfile } from '../../src/profile/read-profile.ts'

/** Two rows that no two arrivals may share, and a rate and pauses with which the real load would take minutes. */
export function fullPlan(target: string) {
  const text = `
name: full
target: ${target}
load: { rate: 1/m, for: 2m }
data: { accounts: { file: accounts.csv, pick: unique } }
scenarios:
  - name: order
    weight: 3
    steps:
      - post: /login
        form: { email: "\${accounts.email}", nonce: "\${uuid()}" }
        expect: { status: 200, json: { /success: true } }
        capture: { token: { json: /user/tokens/2 }, session: { cookie: session } }
      - think: 1m
      - get: /account?at=\${now()}
        expect: { headers: { content-type: text/html }, body: "Hello \\"you\\"" }
      - post: /orders
        headers: { authorization: "Bearer \${token}" }
        json: { session: "\${session}", quantity: "\${random(1, 9)}" }
        expect: { status: 201 }
        capture: { order: { header: location } }
      - get: \${order}
        expect: { status: [2xx, 304], json: { /state: placed } }
  - name: look
    weight: 1
    steps: [ { head: / }, { delete: /cart, expect: { status: 204 } }, { get: /old, expect: { status: 301 } } ]
`
  const { profile } = parseProfile(text, { file: 'full.yml', env: {} })
  const rows = [['ada@example.org'], ['bob@example.org']]
  return planLoad(profile, { data: { accounts: { columns: ['email'], rows } } })
}
