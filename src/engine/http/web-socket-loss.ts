import { isNativeError } from 'node:util/types'
import type { Cause } from '../shard-result.ts'
import { causeOf } from './causes.ts'

/** How a conversation ended that nobody here has ended. */
export interface Loss {
  readonly cause: Cause
  readonly detail: string | undefined
}

// Those of the library's reader of frames begin so, those of Node's reader of HTTP with HPE_; what is wrong with the answer
// to a handshake has no code at all.
const TOO_LARGE = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'

/** @param connected whether the connection (and its TLS session) stood */
export function lossOf(error: Error, connected: boolean): Loss {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const detail = isNativeError(error) ? error.message : undefined
  if (code === TOO_LARGE) return { cause: 'message-too-large', detail }
  if (code === 'HPE_HEADER_OVERFLOW') return { cause: 'headers-too-large', detail: undefined }
  if (code === undefined || /^(?:WS_ERR_|HPE_)/.test(code)) return { cause: 'malformed-answer', detail }
  // So Node calls an orderly end before the answer to a request.
  if (code === 'ECONNRESET' && detail === 'socket hang up') return { cause: 'connection-closed', detail: undefined }
  return { cause: causeOf(error, connected), detail: undefined }
}

/** RFC 6455 7.1.5: 1006 is what nobody has said. */
const UNSAID = 1006
const WITHOUT_CODE = 1005

export function lossOfClose(code: number, reason: Buffer): Loss {
  if (code === UNSAID) return { cause: 'connection-closed', detail: undefined }
  const said = reason.length > 0 ? ` "${reason.toString()}"` : ''
  return { cause: 'conversation-closed', detail: `closed with ${code === WITHOUT_CODE ? 'no code' : code}${said}` }
}
