import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { assertNever } from '../../common/assert-never.ts'
import { errorText } from '../../common/error-text.ts'
import { formatBytes } from '../../common/text.ts'
import { MediaError } from '../../encode/index.ts'
import { SourceError } from './source-identity.ts'
import type { TroubleCode } from '../../swarm/protocol/index.ts'

/** There is no room for the finished file where it is to lie. */
export class RoomError extends Error {
  override readonly name = 'RoomError'
}

/** @throws RoomError when the encoded video alone would not fit; a folder that cannot be asked is no error here */
export async function checkRoom(output: string, videoBytes: number): Promise<void> {
  const folder = dirname(output)
  const disk = await statfs(folder).catch(() => undefined)
  if (disk == null) return
  const freeBytes = disk.bavail * disk.bsize
  if (freeBytes < videoBytes)
    throw new RoomError(
      `${folder} has ${formatBytes(freeBytes)} free, and the film needs more than ${formatBytes(videoBytes)}; make room`
    )
}

/** What it is, for the rules and for the others. */
export function troubleCode(step: 'prepare' | 'join', error: unknown): TroubleCode {
  if (error instanceof RoomError) return 'no-room'
  if (error instanceof SourceError) return error.code
  if (error instanceof MediaError && (error.code === 'output-exists' || error.code === 'output-unwritable'))
    return error.code
  return step === 'join' ? 'join-failed' : 'prepare-failed'
}

/** The sentence for people, with what can be done. */
export function troubleReason(step: 'prepare' | 'join', error: unknown, projectId: string): string {
  const what = errorText(error).replace(/[.;]$/, '')
  const again = `Nothing is lost: grav1 tries again by itself; "grav1 retry ${projectId}" tries now`
  return `${what}. ${again}${furtherHelp(troubleCode(step, error), projectId)}`
}

function furtherHelp(code: TroubleCode, projectId: string): string {
  const elsewhere = `; "grav1 output ${projectId} <file>" writes it elsewhere`
  switch (code) {
    case 'output-exists':
    case 'output-unwritable':
    case 'no-room':
      return elsewhere
    case 'join-failed':
      return `${elsewhere}; if neither helps, cancel the project and submit the film again with another choice of --audio or --subtitles: encoded scenes are reused`
    case 'prepare-failed':
    case 'source-away':
    case 'source-changed':
      return ''
    default:
      return assertNever(code)
  }
}
