import type { Template } from './profile.ts'

/**
 * What a step does in a conversation over a WebSocket. A conversation is the steps from the one that opens it to the one that
 * closes it; what a step says is its body.
 */
export type Talk =
  | { readonly does: 'open'; readonly subprotocol?: string }
  /** Undefined `receive`: nothing is waited for. */
  | { readonly does: 'say'; readonly receive?: Receive }
  | { readonly does: 'close' }

/** The message that is waited for: the first that has all of it. */
export interface Receive {
  /** JSON Pointers (RFC 6901) to the values that are there, as the text of their JSON. */
  readonly json: readonly { readonly pointer: string; readonly value: Template }[]
  readonly text?: Template
  /** RE2 */
  readonly matches?: string
}

/** All that is to be filled in before the wait begins. */
export function templatesIn(talk: Talk | undefined): readonly Template[] {
  if (talk?.does !== 'say' || !talk.receive) return []
  const { json, text } = talk.receive
  return [...json.map(({ value }) => value), ...(text ? [text] : [])]
}

/** Where a request has its method. */
export function talkMethod(does: Talk['does'], sends: boolean): string {
  if (does === 'say') return sends ? 'SEND' : 'RECEIVE'
  return does === 'open' ? 'WEBSOCKET' : 'CLOSE'
}
