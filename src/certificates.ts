import { X509Certificate } from 'node:crypto'
import { credentialsOf } from './engine/http/credentials.ts'
import { LoadgateError, messageOf } from './errors.ts'
import { insideOf, readText } from './files.ts'
import type { LoadProfile } from './profile/profile.ts'
import type { Bytes } from './units.ts'

const LARGEST: Bytes = 1_048_576

/** The profile with the certificates that its connections name, checked; the key stays where it is. */
export async function withCertificates(
  profile: LoadProfile,
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<LoadProfile> {
  const { ca, certificate, key } = profile.connections
  if (ca === undefined && certificate === undefined) return profile
  const tls = {
    ...(ca === undefined ? {} : { ca: await readCertificate(directory, ca) }),
    ...(certificate === undefined ? {} : { certificate: await readCertificate(directory, certificate), key }),
  }
  credentialsOf(tls, env)
  return { ...profile, connections: { ...profile.connections, tls } }
}

async function readCertificate(directory: string, file: string): Promise<string> {
  const pem = await readText(await insideOf(directory, file), LARGEST)
  try {
    if (pem.includes('PRIVATE KEY')) throw new Error('there is a private key in it, which belongs into the environment')
    new X509Certificate(pem)
    return pem
  } catch (cause) {
    throw new LoadgateError('usage', `${file} is no certificate: ${messageOf(cause)}`, {
      hint: 'It has to be PEM: a text with "-----BEGIN CERTIFICATE-----".',
    })
  }
}
