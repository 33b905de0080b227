import { measureFile } from '../../common/hash-file.ts'
import { plural } from '../../common/text.ts'
import { createScenePackets, readFilmPackets, type RunOptions } from '../../encode/index.ts'
import type { ManifestBody } from './schema.ts'

/** One thing that was looked at. */
export interface ManifestCheck {
  readonly check: 'signature' | 'file' | 'video' | 're-encode'
  readonly state: 'ok' | 'wrong'
  readonly text: string
}

/** Scenes that are named in a sentence. */
const NAMED_MAX = 5

/** `scene 3`, `scenes 3, 4 and 9`, counted from 1. */
export function scenesText(indexes: readonly number[]): string {
  const named = indexes.slice(0, NAMED_MAX).map((index) => String(index + 1))
  const more = indexes.length - named.length
  if (more > 0) return `scenes ${named.join(', ')} and ${more} more`
  const last = named.pop() ?? ''
  return named.length === 0 ? `scene ${last}` : `scenes ${named.join(', ')} and ${last}`
}

async function checkBytes(path: string, { film }: ManifestBody, options: RunOptions): Promise<ManifestCheck> {
  const { bytes, sha256 } = await measureFile(path, options)
  if (bytes === film.bytes && sha256 === film.sha256)
    return { check: 'file', state: 'ok', text: 'the file is byte for byte the one that was made' }
  const what = bytes === film.bytes ? 'other bytes' : `${bytes} bytes, not ${film.bytes}`
  return { check: 'file', state: 'wrong', text: `the file is not the one that was made: it has ${what}` }
}

async function packetsOf(
  path: string,
  { scenes }: ManifestBody,
  options: RunOptions
): Promise<{ readonly digests: readonly string[]; readonly packets: number }> {
  const found = createScenePackets(scenes)
  let packets = 0
  for await (const { sha256 } of readFilmPackets(path, options)) {
    found.add(sha256)
    packets += 1
  }
  return { digests: found.digests(), packets }
}

/** Where the scenes of a manifest do not follow one another from frame 0, its packets say nothing. */
function isTiled({ scenes, film }: ManifestBody): boolean {
  let next = 0
  for (const { start, frames } of scenes) {
    if (start !== next) return false
    next += frames
  }
  return next === film.frames
}

async function checkPackets(path: string, body: ManifestBody, options: RunOptions): Promise<ManifestCheck> {
  const wrong = (text: string): ManifestCheck => ({ check: 'video', state: 'wrong', text })
  if (!isTiled(body)) return wrong('the scenes of the manifest do not follow one another')
  const { digests, packets } = await packetsOf(path, body, options)
  const other = body.scenes.flatMap((scene, index) => (digests[index] === scene.packets ? [] : [index]))
  if (other.length > 0) return wrong(`${scenesText(other)}: the packets differ from those that were encoded`)
  if (packets !== body.film.frames) return wrong(`it has ${packets} packets, not ${body.film.frames}`)
  const scenes = plural(body.scenes.length, 'scene')
  return { check: 'video', state: 'ok', text: `every packet of ${scenes} is the one that was encoded` }
}

/** Compares a film with its manifest. @throws MediaError where the film cannot be read */
export async function checkFilmBy(
  body: ManifestBody,
  path: string,
  options: RunOptions
): Promise<readonly ManifestCheck[]> {
  return [await checkBytes(path, body, options), await checkPackets(path, body, options)]
}
