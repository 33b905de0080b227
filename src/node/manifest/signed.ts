import { createHash } from 'node:crypto'
import { z } from 'zod'
import { openEnvelope, type Signer } from '../../swarm/index.ts'
import { canonicalJson } from './canonical.ts'
import { ManifestError } from './error.ts'
import { MANIFEST_VERSION, type ManifestBody, manifestFile, type ManifestFile } from './schema.ts'

/** What is signed: sha-256 of the canonical bytes. */
const digestOf = (body: ManifestBody): Buffer => createHash('sha256').update(canonicalJson(body)).digest()

/** The text of a manifest file. The same body gives the same text. */
export async function signManifest(body: ManifestBody, signer: Pick<Signer, 'sign'>): Promise<string> {
  const signature = Buffer.from(await signer.sign('manifest', digestOf(body))).toString('base64')
  return `${JSON.stringify({ ...body, signature }, null, 1)}\n`
}

const numbered = z.looseObject({ grav1Manifest: z.int().positive() })

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether a text is a manifest of whatever version, by whomever. */
export const isManifest = (text: string): boolean => numbered.safeParse(jsonOf(text)).success

/** @throws ManifestError `not-a-manifest` or `too-new` */
function parse(text: string): ManifestFile {
  const json = jsonOf(text)
  const version = numbered.safeParse(json).data?.grav1Manifest
  if (version === undefined) throw new ManifestError('not-a-manifest', 'it is not a grav1 manifest')
  if (version > MANIFEST_VERSION)
    throw new ManifestError(
      'too-new',
      `it was written by a later version of grav1 (layout ${version}, this version knows ${MANIFEST_VERSION})`
    )
  const read = manifestFile.safeParse(json)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const at = issue?.path.join('.') ?? ''
  throw new ManifestError('not-a-manifest', `${at === '' ? 'it' : at}: ${issue?.message ?? 'has an unexpected form'}`, {
    cause: read.error
  })
}

/**
 * Reads the text of a manifest file and checks its signature.
 * @throws ManifestError
 */
export async function openManifest(text: string): Promise<ManifestBody> {
  const { signature, ...body } = parse(text)
  const { payload, signer } = await openEnvelope('manifest', Buffer.from(signature, 'base64')).catch(
    (cause: unknown) => {
      throw new ManifestError('bad-signature', 'its signature is not valid', { cause })
    }
  )
  if (!digestOf(body).equals(payload))
    throw new ManifestError(
      'bad-signature',
      'it was changed after it was signed: the signature does not match the contents'
    )
  if (signer !== body.owner)
    throw new ManifestError('bad-signature', `it names ${body.owner} as its owner, and ${signer} signed it`)
  return body
}
