import { AvError } from './errors.ts'
import { type AvFrame, type AvLibrary, check } from './library.ts'

/** What is made of decoded frames. */
export interface FilterJob {
  readonly width: number
  readonly height: number
  readonly pixelFormat: string
  /** ffmpeg's filters, see `filterWords`. */
  readonly words: string
}

/** Kinds of side data, of which encoders copy some into the stream. */
const SIDE_DATA_KINDS = 64

/** Leaves a frame nothing but its samples and its number. @throws AvError if it has another format */
export function bare(av: AvLibrary, frame: AvFrame, number: number, job: Omit<FilterJob, 'words'>): void {
  const found = av.avGetPixFmtName(frame.format) ?? 'nothing'
  if (frame.width !== job.width || frame.height !== job.height || found.replace('yuvj', 'yuv') !== job.pixelFormat)
    throw new AvError('mismatch', `the piece decodes to ${frame.width}x${frame.height} ${found}`)
  frame.format = av.avGetPixFmtFromName(job.pixelFormat)
  frame.pts = BigInt(number)
  frame.duration = 1n
  frame.pictType = 0
  for (let kind = 0; kind < SIDE_DATA_KINDS; kind += 1) frame.removeSideData(kind)
}

/** Frames after the filters, by those that the program ffmpeg uses too. A frame is valid until the next is asked for. */
export function* filteredFrames(
  av: AvLibrary,
  frames: Iterable<AvFrame>,
  job: FilterJob
): Generator<AvFrame, void, undefined> {
  const { width, height, pixelFormat, words } = job
  const graph = new av.FilterGraph()
  graph.alloc()
  const source = `buffer@in=video_size=${width}x${height}:pix_fmt=${pixelFormat}:time_base=1/25:pixel_aspect=1/1`
  check(av, graph.parse2(`${source},${words},buffersink@out`), 'encode', 'the filters')
  check(av, graph.configSync(), 'encode', 'the filters')
  const [first, last] = [graph.getFilter('buffer@in'), graph.getFilter('buffersink@out')]
  if (first === null || last === null) throw new AvError('encode', 'the filters have no ends')
  const made = new av.Frame()
  made.alloc()
  let number = 0
  for (const frame of frames) {
    bare(av, frame, number, job)
    frame.colorRange = 0
    check(av, first.buffersrcAddFrameSync(frame), 'encode', `filtering frame ${number}`)
    check(av, last.buffersinkGetFrameSync(made), 'encode', `filtering frame ${number}`)
    yield made
    made.unref()
    number += 1
  }
  graph.free()
}
