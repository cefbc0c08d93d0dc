import { type CountingServer, startCountingServer } from './counting-server.ts'

/** Answers everything after 150 ms: long enough that a busy machine moves the figures by little. */
export function startSlowServer(): Promise<CountingServer> {
  return startCountingServer((_, response) => {
    setTimeout(() => response.end('ok'), 150)
  })
}
