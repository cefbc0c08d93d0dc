import type { IncomingMessage } from 'node:http'

/**
 * Whether a server of ours at 127.0.0.1 was asked by that name, and not by one that a page from elsewhere lets lead here
 * (DNS rebinding).
 */
export function askedByOwnName({ headers: { host } }: Pick<IncomingMessage, 'headers'>, port: number): boolean {
  // Clients leave out the port that http has anyway.
  const at = port === 80 ? '' : `:${port}`
  return [`127.0.0.1${at}`, `localhost${at}`].includes(host?.replace(/:80$/, '') ?? '')
}
