import { createHash } from 'node:crypto'
import { LOCAL_FILES } from '../programs/ffprobe.ts'
import { readLines } from '../programs/lines.ts'
import { expectSuccess, startProcess } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'
import { av1Packet, type EncoderModule } from '../rules/index.ts'

/** The hash of a run of packets: sha-256 over the hex sha-256 of each packet, a line each. */
export interface PacketsHash {
  readonly add: (sha256: string) => void
  /** Lower-case hex. */
  readonly digest: () => string
}

export function createPacketsHash(): PacketsHash {
  const hash = createHash('sha256')
  return { add: (sha256) => void hash.update(`${sha256}\n`), digest: () => hash.digest('hex') }
}

/** sha-256 (hex) of the packet that a frame of the joined stream becomes, the same in every container. @throws BitstreamError */
export function packetHashOf(fourcc: EncoderModule['fourcc'], data: Uint8Array): string {
  const hash = createHash('sha256')
  for (const part of fourcc === 'AV01' ? av1Packet(data) : [data]) hash.update(part)
  return hash.digest('hex')
}

/** The packets of a film, scene by scene. */
export interface ScenePackets {
  /** Of all scenes. */
  readonly total: number
  /** Takes the next packet. @returns whether it is the first of a scene */
  readonly add: (sha256: string) => boolean
  /** The hash of each scene's packets, in order, as far as they came. */
  readonly digests: () => readonly string[]
}

export function createScenePackets(scenes: readonly { readonly frames: number }[]): ScenePackets {
  const digests: string[] = []
  let hash = createPacketsHash()
  let taken = 0
  return {
    total: scenes.reduce((sum, { frames }) => sum + frames, 0),
    add: (sha256) => {
      hash.add(sha256)
      taken += 1
      const isFirst = taken === 1
      if (taken === scenes[digests.length]?.frames) {
        digests.push(hash.digest())
        hash = createPacketsHash()
        taken = 0
      }
      return isFirst
    },
    digests: () => digests
  }
}

/** A packet of a film's video track. */
export interface FilmPacket {
  /** In seconds, as ffprobe writes it. */
  readonly time: string
  readonly isKey: boolean
  /** Lower-case hex, over the packet's bytes. */
  readonly sha256: string
}

/** The packets of a film's first video track, in order. @throws MediaError `join-failed` where ffprobe cannot read it to its end */
export async function* readFilmPackets(
  file: string,
  { signal }: RunOptions
): AsyncGenerator<FilmPacket, void, undefined> {
  const show = ['-select_streams', 'v:0', '-show_data_hash', 'sha256']
  const entries = ['-show_entries', 'packet=pts_time,flags,data_hash', '-of', 'csv=p=0']
  const running = startProcess('ffprobe', ['-v', 'error', ...LOCAL_FILES, ...show, ...entries, `file:${file}`], {
    signal,
    stdout: 'pipe',
    reads: [file]
  })
  for await (const line of readLines(running.stdout)) {
    const [time, flags, hash] = line.split(',')
    if (time === undefined || flags === undefined || hash === undefined) continue
    yield { time, isKey: flags.startsWith('K'), sha256: hash.replace(/^SHA256:/i, '') }
  }
  expectSuccess(await running.ended, 'ffprobe', 'join-failed')
}
