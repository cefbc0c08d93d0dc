// Certificates as an authority of one's own issues them, by OpenSSL.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Pair {
  readonly key: string
  readonly cert: string
}

/** An authority, a server at 127.0.0.1 and `localhost`, and a client called `loadgate`; all of them new. */
export function issue(): { readonly ca: string; readonly server: Pair; readonly client: Pair } {
  const directory = mkdtempSync(join(tmpdir(), 'authority-'))
  const certify = (name: string, subject: string, more: readonly string[]): Pair => {
    const [key, cert] = [join(directory, `${name}.key`), join(directory, `${name}.pem`)]
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
    const written = ['-keyout', key, '-out', cert, '-subj', subject]
    execFileSync('openssl', ['req', '-x509', '-nodes', '-days', '2', ...curve, ...written, ...more], {
      stdio: 'ignore',
    })
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  }
  try {
    const { cert: ca } = certify('ca', '/CN=authority', [])
    const signed = ['-CA', join(directory, 'ca.pem'), '-CAkey', join(directory, 'ca.key')]
    const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    return {
      ca,
      server: certify('server', '/CN=localhost', [
        ...signed,
        ...names,
        '-addext',
        'basicConstraints=critical,CA:FALSE',
      ]),
      client: certify('client', '/CN=loadgate', [...signed, '-addext', 'basicConstraints=critical,CA:FALSE']),
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
}
