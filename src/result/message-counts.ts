import type { MessageCounts } from '../engine/shard-result.ts'
import { sum } from './added-counts.ts'

/** Of several workers or rounds together. Nothing where none had a conversation. */
export function addedMessages(parts: readonly { readonly messages?: MessageCounts | undefined }[]): {
  readonly messages?: MessageCounts
} {
  const known = parts.flatMap(({ messages }) => messages ?? [])
  if (known.length === 0) return {}
  return {
    messages: {
      sent: sum(known, ({ sent }) => sent),
      received: sum(known, ({ received }) => received),
      passedOver: sum(known, ({ passedOver }) => passedOver),
    },
  }
}
