import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import {
  BitstreamError,
  type Colour,
  type ColourNumbers,
  type EncoderModule,
  type EncoderName,
  ENCODERS,
  streamColour,
  ivfFrameHeaderBytes,
  ivfHeaderBytes,
  withVp9FullRange
} from '../rules/index.ts'
import { colourNumbers } from './cicp.ts'
import { createPacketsHash, packetHashOf } from './film-packets.ts'
import { MediaError } from '../programs/errors.ts'
import { readIvfFile } from '../programs/ivf-file.ts'
import type { JoinInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** The joined video stream. */
export interface JoinedVideo {
  /** A hash of the segments' hashes, in order. */
  readonly contentHash: string
  /** Of each segment: the hash of its packets, as `film-packets.ts` makes it. */
  readonly packets: readonly string[]
}

/** Small frames are written together. */
const WRITE_BYTES = 256 * 1024

/** Collects small writes to a file. */
interface Gathered {
  readonly write: (piece: Uint8Array) => Promise<void>
  readonly flush: () => Promise<void>
}

/** Unlike `write`, `writeFile` continues after a short write. */
function gather(target: FileHandle): Gathered {
  const pending = new Uint8Array(WRITE_BYTES)
  let bytes = 0
  const flush = async (): Promise<void> => {
    await target.writeFile(pending.subarray(0, bytes))
    bytes = 0
  }
  const write = async (piece: Uint8Array): Promise<void> => {
    if (bytes + piece.length > WRITE_BYTES) await flush()
    if (piece.length > WRITE_BYTES) {
      await target.writeFile(piece)
      return
    }
    pending.set(piece, bytes)
    bytes += piece.length
  }
  return { write, flush }
}

/** What decides the form of the joined stream. */
export interface StreamFormInput {
  readonly encoder: EncoderName
  readonly colour: Pick<Colour, 'range'>
}

interface StreamForm {
  readonly fourcc: EncoderModule['fourcc']
  /** The change to each frame. */
  readonly change: (data: Uint8Array) => Uint8Array
}

/** Whether the frames of a film are those of its segments, bit by bit. They are not where the join sets a colour range that vpxenc cannot write. */
export const isAsEncoded = ({ encoder, colour }: StreamFormInput): boolean =>
  ENCODERS[encoder].fourcc !== 'VP90' || colour.range !== 'pc'

function formOf(input: StreamFormInput): StreamForm {
  const { fourcc } = ENCODERS[input.encoder]
  return { fourcc, change: isAsEncoded(input) ? (data) => data : withVp9FullRange }
}

/** The hash of the packets that a segment becomes in a film. @throws BitstreamError */
export async function segmentPackets(file: string, input: StreamFormInput, options: RunOptions): Promise<string> {
  const { fourcc, change } = formOf(input)
  const packets = createPacketsHash()
  await readIvfFile(file, ({ data }) => packets.add(packetHashOf(fourcc, change(data))), options)
  return packets.digest()
}

interface AppendedSegment {
  readonly sha256: string
  readonly packets: string
}

async function append(
  target: Gathered,
  segment: JoinInput['segments'][number],
  first: number,
  { fourcc, change }: StreamForm,
  options: RunOptions
): Promise<AppendedSegment> {
  let frames = 0
  const packets = createPacketsHash()
  const onFrame = async (frame: { readonly data: Uint8Array }): Promise<void> => {
    const data = change(frame.data)
    await target.write(ivfFrameHeaderBytes(data.length, BigInt(first + frames)))
    await target.write(data)
    packets.add(packetHashOf(fourcc, data))
    frames += 1
  }
  try {
    const summary = await readIvfFile(segment.file, onFrame, options)
    if (segment.sha256 !== undefined && summary.sha256 !== segment.sha256)
      throw new MediaError('join-failed', 'A segment is damaged: its hash differs.')
    if (summary.frames === segment.frames) return { sha256: summary.sha256, packets: packets.digest() }
    throw new MediaError('join-failed', `A segment has ${summary.frames} frames, not ${segment.frames}.`)
  } catch (error) {
    if (error instanceof BitstreamError)
      throw new MediaError('join-failed', `A segment is damaged: ${error.message}.`, { cause: error })
    throw error
  }
}

/** The colours of the joined stream, or the source's if the stream has none. @throws MediaError `join-failed` */
export async function joinedColour(
  { source, encoder, segments }: Pick<JoinInput, 'source' | 'encoder' | 'segments'>,
  options: RunOptions
): Promise<ColourNumbers> {
  const said = colourNumbers(source.video.colour)
  const [segment] = segments
  const form = formOf({ encoder, colour: source.video.colour })
  let colour: ColourNumbers | undefined
  const onFrame = ({ data }: { readonly data: Uint8Array }): void => {
    colour ??= streamColour(form.fourcc, form.change(data), said)
  }
  try {
    if (segment !== undefined) await readIvfFile(segment.file, onFrame, options)
  } catch (error) {
    if (!(error instanceof BitstreamError)) throw error
    throw new MediaError('join-failed', `A segment is damaged: ${error.message}.`, { cause: error })
  }
  return colour ?? said
}

/** Writes all segments' frames into one IVF file, numbered from 0; one segment is open at a time. */
export async function joinVideo(
  input: JoinInput,
  file: string,
  onFrames: (frames: number) => void,
  options: RunOptions
): Promise<JoinedVideo> {
  const total = input.segments.reduce((sum, segment) => sum + segment.frames, 0)
  if (total !== input.timestampsMs.length) {
    throw new MediaError('join-failed', `The segments have ${total} frames, the source ${input.timestampsMs.length}.`)
  }
  const { width, height, fps, colour } = input.source.video
  const form = formOf({ encoder: input.encoder, colour })
  const packets: string[] = []
  const hashes = createHash('sha256')
  const target = await open(file, 'w')
  try {
    await target.write(ivfHeaderBytes({ fourcc: form.fourcc, width, height, rate: fps, frames: total }))
    const gathered = gather(target)
    let first = 0
    for (const segment of input.segments) {
      options.signal.throwIfAborted()
      const appended = await append(gathered, segment, first, form, options)
      hashes.update(`${appended.sha256}\n`)
      packets.push(appended.packets)
      first += segment.frames
      onFrames(first)
    }
    await gathered.flush()
  } finally {
    await target.close()
  }
  return { contentHash: hashes.digest('hex'), packets }
}
