import { join } from 'node:path'
import { createPacketTable, type Packet, type PacketTable } from '../rules/index.ts'
import { FFMPEG_QUIET, pieceInput } from '../programs/decode.ts'
import { LOCAL_FILES } from '../programs/ffprobe.ts'
import { ffmpegFacts } from '../programs/program-facts.ts'
import { readLines } from '../programs/lines.ts'
import { startProcess } from '../programs/process.ts'
import type { PrepareInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** The source's video stream as Matroska, from which pieces are cut without decoding. */
export interface WorkCopy {
  readonly file: string
  readonly table: PacketTable
}

async function readPackets(file: string, { signal }: RunOptions): Promise<Packet[] | undefined> {
  const show = ['-select_streams', 'v:0', '-show_entries', 'packet=pts,flags', '-of', 'csv=p=0']
  const args = ['-v', 'error', ...LOCAL_FILES, ...show, `file:${file}`]
  const running = startProcess('ffprobe', args, { signal, stdout: 'pipe', reads: [file] })
  const packets: Packet[] = []
  for await (const line of readLines(running.stdout)) {
    const [pts, flags] = line.split(',')
    if (flags === undefined) continue
    packets.push({ pts: /^-?\d+$/.test(pts ?? '') ? Number(pts) : undefined, key: flags.startsWith('K') })
  }
  return (await running.ended).code === 0 ? packets : undefined
}

const EDGES = ['left', 'top', 'right', 'bottom'].flatMap((edge) => ['--delete', `pixel-crop-${edge}`])

/** Removes the cropping from a copy. Pieces cut from it decode to whole frames with every ffmpeg, whether it crops or not. */
async function uncrop(file: string, { signal }: RunOptions): Promise<boolean> {
  if (!(await ffmpegFacts({ signal })).crops) return true
  const edit = ['--quiet', file, '--edit', 'track:v1', ...EDGES]
  const running = startProcess('mkvpropedit', edit, { signal, writes: [file] })
  return (await running.ended).code === 0
}

/** Remuxes the source, which makes all containers alike; undefined when the stream does not fit Matroska or its packets have no order. */
export async function makeWorkCopy(input: PrepareInput, { signal }: RunOptions): Promise<WorkCopy | undefined> {
  const file = join(input.workDir, 'work.mkv')
  const from = ['-fflags', '+genpts', ...LOCAL_FILES, '-i', `file:${input.source.path}`]
  const to = [
    '-map',
    `0:${input.source.videoStream}`,
    '-c',
    'copy',
    '-avoid_negative_ts',
    'make_zero',
    '-f',
    'matroska',
    `file:${file}`
  ]
  const init = { signal, reads: [input.source.path], writes: [file] }
  const running = startProcess('ffmpeg', [...FFMPEG_QUIET, '-y', ...from, ...to], init)
  if ((await running.ended).code !== 0 || !(await uncrop(file, { signal }))) return undefined
  const packets = await readPackets(file, { signal })
  const table = packets === undefined ? undefined : createPacketTable(packets)
  return table === undefined ? undefined : { file, table }
}

/** ffmpeg moves seek targets 3/23 s ahead in streams with B-frames. */
const SEEK_MARGIN_MS = 140

/** Packets taken in addition where key packets are so dense that the seek may land on an earlier one. */
const DENSE_KEYS_SLACK = 64

/** What is cut out of a work copy. */
export interface PieceCut {
  /** Frames of the copy. */
  readonly start: number
  readonly frames: number
  readonly file: string
}

/** ffmpeg's words for a cut; undefined where there is no window or it is too long. */
function planCut({ file: from, table }: WorkCopy, { start, frames, file }: PieceCut) {
  const window = table.windowFor(start, frames)
  if (window === undefined || window.skip > Math.max(600, 4 * frames)) return undefined
  const dense = window.nextKeyPts !== undefined && window.nextKeyPts <= window.keyPts + SEEK_MARGIN_MS
  const seekMs = window.keyPts + (dense ? 0 : SEEK_MARGIN_MS)
  const seek = window.first === 0 ? [] : ['-seek_timestamp', '1', '-ss', String(seekMs / 1000)]
  const packets = window.end - window.first + (dense ? DENSE_KEYS_SLACK : 0)
  const leading = `noise=drop=lt(pts\\,${window.keyPts})`
  const what = ['-c', 'copy', '-frames:v', String(packets), '-avoid_negative_ts', 'disabled', '-bsf:v', leading]
  return {
    file,
    skip: window.skip,
    input: [...seek, ...pieceInput(from)],
    output: [...what, '-fflags', '+bitexact', '-f', 'matroska', `file:${file}`]
  }
}

/**
 * Cuts the packets for some frames out of the work copy, to the same bytes each time (a restarted owner has announced them), in one start of ffmpeg.
 * @returns how many decoded frames come first in each; undefined for a piece without a window or one that could not be written
 */
export async function cutPieces(
  copy: WorkCopy,
  cuts: readonly PieceCut[],
  options: RunOptions
): Promise<readonly (number | undefined)[]> {
  const plans = cuts.map((cut) => planCut(copy, cut))
  const there = plans.filter((plan) => plan !== undefined)
  if (there.length === 0) return plans.map(() => undefined)
  const outputs = there.flatMap(({ output }, n) => ['-map', `${n}:v:0`, ...output])
  const args = [...FFMPEG_QUIET, '-y', '-copyts', ...there.flatMap(({ input }) => input), ...outputs]
  const init = { signal: options.signal, reads: [copy.file], writes: there.map(({ file }) => file) }
  if ((await startProcess('ffmpeg', args, init).ended).code === 0) return plans.map((plan) => plan?.skip)
  if (cuts.length === 1) return [undefined]
  // One of them spoils the others.
  const alone: (number | undefined)[] = []
  for (const cut of cuts) alone.push(...(await cutPieces(copy, [cut], options)))
  return alone
}
