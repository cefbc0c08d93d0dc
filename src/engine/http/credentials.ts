import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { LoadgateError, messageOf } from '../../errors.ts'
import type { TlsFiles } from '../../profile/profile.ts'
import type { Bytes } from '../../units.ts'

/** What TLS is given beside the target's name, as PEM. */
export interface Credentials {
  /** Instead of the authorities that Node knows. */
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

const LARGEST_KEY: Bytes = 65_536

/**
 * With the key from the environment, where it is alone: neither plan, result nor log has it. Throws LoadgateError `usage`
 * when it is not there, or not that of the certificate.
 */
export function credentialsOf(
  { ca, certificate, key: variable }: TlsFiles,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Credentials {
  if (certificate === undefined || variable === undefined) return { ca }
  const key = keyFrom(variable, env[variable])
  checkPair(certificate, key, variable)
  return { ca, cert: certificate, key }
}

function keyFrom(variable: string, value: string | undefined): string {
  if (value === undefined || value === '')
    throw broken(`The environment has no ${variable}, which is to hold the key of the client certificate`)
  if (value.includes('-----BEGIN')) return value
  try {
    const file = statSync(value)
    if (!file.isFile() || file.size > LARGEST_KEY) throw new Error('it is no file of a key')
    return readFileSync(value, 'utf8')
  } catch (cause) {
    // The message of the system names the value, which may be a key that lost its first line.
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : messageOf(cause)
    throw broken(`The file that ${variable} names cannot be read: ${code}`)
  }
}

function checkPair(certificate: string, pem: string, variable: string): void {
  let fits: boolean
  try {
    fits = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(pem))
  } catch {
    throw broken(`${variable} leads to no private key that can be read`)
  }
  if (!fits) throw broken(`The key of ${variable} is not that of the client certificate`)
}

function broken(what: string): LoadgateError {
  return new LoadgateError('usage', what, {
    hint: 'Set the variable to the key without a passphrase, as PEM, or to the path of its file.',
  })
}
