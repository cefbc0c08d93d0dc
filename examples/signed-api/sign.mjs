// Called inside ${…} of the profile beside it, for every request: who asks and when, encrypted with AES-256-GCM.
import { createCipheriv, createHash, randomBytes } from 'node:crypto'

const KEY = createHash('sha256').update('a secret of the example').digest()

/** 12 bytes of nonce, 16 of tag, then the encrypted `{ user, at }`, all as base64url. */
export function sign(user, context) {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', KEY, nonce)
  const sealed = Buffer.concat([cipher.update(JSON.stringify({ user, at: context.now() })), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** Whether the answer tells of as many bytes as were sent. */
export function isWhole({ json }) {
  return json?.bytes === 26_115 || `${json?.bytes} bytes arrived`
}
