import type { LoadProfile, RequestStep, Scenario, Template } from '../../src/profile/profile.ts'

/** A request step as the profile stage gives it, with what the test is about. */
export function request(path: Template, changes: Partial<RequestStep> = {}): RequestStep {
  return {
    kind: 'request',
    name: `GET ${path.map((part) => (typeof part === 'string' ? part : '…')).join('')}`,
    method: 'GET',
    path,
    headers: [],
    body: undefined,
    expect: { status: [{ from: 200, to: 399 }], json: [], headers: [], body: undefined },
    capture: [],
    timeout: undefined,
    ...changes,
  }
}

export function scenario(name: string, weight: number, ...steps: Scenario['steps']): Scenario {
  return { name, weight, steps }
}

/** Ten arrivals per second for ten seconds, of one scenario with one request. */
export function profile(changes: Partial<LoadProfile> = {}): LoadProfile {
  return {
    name: 'shop',
    target: 'http://127.0.0.1:8080',
    load: { model: 'open', warmUp: 0, shape: { kind: 'stages', stages: [{ from: 10, to: 10, over: 10_000 }] } },
    timeout: 10_000,
    connections: {},
    data: {},
    scenarios: [scenario('store', 1, request(['/']))],
    budgets: [],
    ...changes,
  }
}
