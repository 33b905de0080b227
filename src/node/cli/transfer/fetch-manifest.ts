import { rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { printable } from '../../../common/text.ts'
import { hiddenStem, linkAs, moveOver, ownFile, syncFile } from '../../../platform/index.ts'
import { ManifestError } from '../../manifest/error.ts'
import { isManifestPlaceFree, manifestPathOf } from '../../manifest/place.ts'
import { openManifest } from '../../manifest/signed.ts'
import type { NodeClient } from '../client.ts'
import type { Result } from './fetch-result.ts'

export interface FetchManifestInit {
  /** The film that was fetched. */
  readonly target: string
  readonly overwrite: boolean
  readonly signal: AbortSignal
}

/** Fetches the manifest of a film that is fetched already, and writes it beside the film if it is signed and of this film. @returns why there is none, as a sentence; undefined where it is there, or the node has none */
export async function fetchManifest(
  client: Pick<NodeClient, 'manifest'>,
  { projectId, sha256 }: Result,
  { target, overwrite, signal }: FetchManifestInit
): Promise<string | undefined> {
  const path = manifestPathOf(target)
  try {
    const text = await client.manifest(projectId, { signal })
    if (text === undefined) return undefined
    const { film } = await openManifest(text)
    if (film.sha256 !== sha256) throw new ManifestError('not-a-manifest', 'it belongs to another film')
    const mayReplace = overwrite || (await isManifestPlaceFree(path))
    await writeManifest(path, text, mayReplace)
    return undefined
  } catch (error) {
    signal.throwIfAborted()
    return `The film was fetched, but its manifest was not: ${printable(error instanceof Error ? error.message : String(error))}`
  }
}

async function writeManifest(path: string, text: string, overwrite: boolean): Promise<void> {
  const part = ownFile(join(dirname(path), hiddenStem(path)), 'part')
  try {
    await writeFile(part, text)
    await syncFile(part)
    if (overwrite) await moveOver(part, path)
    else await linkAs(part, path)
  } finally {
    await rm(part, { force: true })
  }
}
