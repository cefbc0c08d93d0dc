// What goes through the recording proxy, as the HAR that becomes a profile; pauses are those that were asked for.
import { harOf } from '../../src/record/har-of.ts'
import { startRecorder } from '../../src/record/recording-proxy.ts'
import type { Ms } from '../../src/units.ts'

export interface Visitor {
  /** Answers as they come: redirects are the visitor's own to follow. */
  ask(
    request: string,
    options?: RequestInit & { readonly kind?: string },
  ): Promise<{ status: number; text: string; location: string }>
  /** Reads what is there. */
  pause(ms: Ms): void
}

/** A browser's own headers, which no profile should have. */
const BROWSER = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/149.0',
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'accept-language': 'en',
  'sec-fetch-mode': 'navigate',
  'upgrade-insecure-requests': '1',
}

/** Each of `visits` with cookies of its own, one after the other. */
export async function recorded(
  target: string,
  visits: readonly ((visitor: Visitor) => Promise<void>)[],
): Promise<string> {
  const recorder = await startRecorder(new URL(target), { port: 0 })
  const pauses: Ms[] = []
  let paused = 0
  for (const visit of visits) {
    const cookies = new Map<string, string>()
    await visit({
      async ask(request, { kind = 'document', ...options } = {}) {
        const [method = '', path = ''] = request.split(' ')
        pauses.push(paused)
        paused = 0
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
        const response = await fetch(recorder.address.replace(/\/$/, '') + path, {
          method,
          redirect: 'manual',
          ...options,
          headers: { ...BROWSER, 'sec-fetch-dest': kind, ...(cookie ? { cookie } : {}), ...options.headers },
        })
        for (const line of response.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
          cookies.set(name, value)
        }
        return {
          status: response.status,
          text: await response.text(),
          location: response.headers.get('location') ?? '',
        }
      },
      pause(ms) {
        paused += ms
      },
    })
  }
  await recorder.close()
  let at = Date.UTC(2026, 2, 14, 9)
  const exchanges = recorder.exchanges().map((exchange, n) => {
    at += (pauses[n] ?? 0) + 20
    return { ...exchange, startedAt: at, took: 10 }
  })
  return JSON.stringify(harOf(exchanges))
}
