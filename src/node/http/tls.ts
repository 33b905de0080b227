import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { ConfigError } from '../config/index.ts'
import type { Config } from '../config/types.ts'

/** What the API's server speaks TLS with, as PEM. */
export interface Tls {
  readonly cert: string
  readonly key: string
}

/** Reads and checks certificate and key, where they are configured. @throws ConfigError `tls` that names the file */
export async function loadTls(
  { tlsCert, tlsKey }: Pick<Config, 'tlsCert' | 'tlsKey'>,
  warn: (message: string) => void,
  nowMs = Date.now()
): Promise<Tls | undefined> {
  if (tlsCert == null && tlsKey == null) return undefined
  if (tlsCert == null || tlsKey == null)
    throw new ConfigError('tls', 'TLS needs both --tls-cert and --tls-key; one of them is missing.')
  const [cert, key] = [await readPem(tlsCert, '--tls-cert'), await readPem(tlsKey, '--tls-key')]
  const certificate = parsed(
    () => new X509Certificate(cert),
    `The file ${tlsCert} (--tls-cert) does not hold a certificate.`
  )
  const privateKey = parsed(
    () => createPrivateKey(key),
    `The file ${tlsKey} (--tls-key) holds no private key without a passphrase.`
  )
  if (!certificate.checkPrivateKey(privateKey))
    throw new ConfigError('tls', `The key ${tlsKey} does not belong to the certificate ${tlsCert}.`)
  parsed(() => createSecureContext({ cert, key }), `The certificate ${tlsCert} or its chain cannot be used.`)
  const ends = new Date(certificate.validTo)
  if (ends.getTime() < nowMs) warn(`The certificate ${tlsCert} has expired: ${certificate.validTo}.`)
  return { cert, key }
}

async function readPem(path: string, flag: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw new ConfigError('tls', `The file ${path} (${flag}) can't be read: ${code}.`, { cause })
  }
}

function parsed<Value>(parse: () => Value, message: string): Value {
  try {
    return parse()
  } catch (cause) {
    throw new ConfigError('tls', message, { cause })
  }
}
