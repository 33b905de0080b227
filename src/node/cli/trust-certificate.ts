import { readFile } from 'node:fs/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'

/** Lets this process speak to the node whose certificate lies here, even one that signed itself. The name still has to be right. */
export async function trustCertificate(path: string): Promise<void> {
  const certificate = await readFile(path, 'utf8').catch(() => undefined)
  if (certificate != null) setDefaultCACertificates([...getCACertificates('default'), certificate])
}
