import { pathToFileURL } from 'node:url'
import { AvError, type EXIT } from './errors.ts'

/** The parts of the package node-av that grav1 uses. They are declared here because it is not one of grav1's dependencies. Numbers below 0 are FFmpeg's errors. */
export interface AvLibrary {
  readonly FormatContext: new () => AvFormatContext
  readonly CodecContext: new () => AvCodecContext
  readonly Packet: new () => AvPacket
  readonly Frame: new () => AvFrame
  readonly Rational: new (num: number, den: number) => AvRational
  readonly InputFormat: { findInputFormat: (name: string) => object | null }
  readonly Codec: {
    findDecoder: (id: number) => AvCodecInfo | null
    findEncoderByName: (name: string) => AvCodecInfo | null
  }
  readonly FilterGraph: new () => AvFilterGraph
  readonly Option: { set: (native: object, name: string, value: string, flags: number) => number }
  readonly Log: { setLevel: (level: number) => void }
  readonly FFmpegError: { strerror: (code: number) => string }
  readonly avGetPixFmtFromName: (name: string) => number
  readonly avGetPixFmtName: (format: number) => string | null
}

type AvRational = object
type AvCodecInfo = object

/** Any object that takes options. */
interface AvConfigurable {
  getNative: () => object
}

export interface AvStream {
  readonly index: number
  timeBase: AvRational
  readonly codecpar: { readonly codecType: number; readonly codecId: number }
}

export interface AvFormatContext extends AvConfigurable {
  readonly streams: readonly AvStream[]
  allocContext: () => void
  allocOutputContext2: (format: null, name: string, url: string) => number
  openInputSync: (url: string, format: object, options: null) => number
  findStreamInfoSync: (options: null) => number
  readFrameSync: (packet: AvPacket) => number
  closeInputSync: () => void
  newStream: () => AvStream
  openOutputSync: () => number
  writeHeaderSync: (options: null) => number
  writeFrameSync: (packet: AvPacket) => number
  writeTrailerSync: () => number
  closeOutputSync: () => void
  freeContext: () => void
}

export interface AvCodecContext extends AvConfigurable {
  width: number
  height: number
  pixelFormat: number
  timeBase: AvRational
  framerate: AvRational
  pktTimebase: AvRational
  allocContext3: (codec: AvCodecInfo) => void
  parametersToContext: (parameters: object) => number
  parametersFromContext: (parameters: object) => number
  open2Sync: (codec: AvCodecInfo, options: null) => number
  sendPacketSync: (packet: AvPacket | null) => number
  receiveFrameSync: (frame: AvFrame) => number
  sendFrameSync: (frame: AvFrame | null) => number
  receivePacketSync: (packet: AvPacket) => number
  freeContext: () => void
}

export interface AvPacket {
  streamIndex: number
  pts: bigint
  dts: bigint
  readonly data: Buffer | null
  alloc: () => void
  unref: () => void
}

export interface AvFrame {
  format: number
  width: number
  height: number
  pts: bigint
  duration: bigint
  pictType: number
  colorRange: number
  alloc: () => void
  unref: () => void
  allocBuffer: () => number
  fromBuffer: (buffer: Buffer) => number
  /** All planes, without padding. */
  toBuffer: () => Buffer
  removeSideData: (type: number) => void
}

export interface AvFilterGraph {
  /** `buffer` and `buffersink` are filters like the others; `name@id` gives one a name. */
  parse2: (filters: string) => number
  configSync: () => number
  getFilter: (name: string) => AvFilterContext | null
  alloc: () => void
  free: () => void
}

export interface AvFilterContext {
  buffersrcAddFrameSync: (frame: AvFrame | null) => number
  buffersinkGetFrameSync: (frame: AvFrame) => number
}

/** Only what is worth a line on stderr. */
const LOG_WARNINGS = 24

/** Errors only, as a number of SVT-AV1's own. */
const SVT_LOG_ERRORS = '1'

/** @param file of the package's `lib` entry */
export async function loadLibrary(file: string): Promise<AvLibrary> {
  process.env['SVT_LOG'] = SVT_LOG_ERRORS
  const av = (await import(pathToFileURL(file).href)) as AvLibrary
  av.Log.setLevel(LOG_WARNINGS)
  return av
}

/** @throws AvError for one of FFmpeg's errors */
export function check(av: AvLibrary, code: number, kind: keyof typeof EXIT, what: string): void {
  if (code < 0) throw new AvError(kind, `${what}: ${av.FFmpegError.strerror(code)}`)
}

const SEARCH_CHILDREN = 1

/**
 * Sets one of FFmpeg's options. Never through a dictionary: FFmpeg frees the one that it is handed, and so does node-av 6.1 once more when its wrapper is collected.
 * @throws AvError
 */
export function setOption(av: AvLibrary, on: AvConfigurable, name: string, value: string): void {
  check(av, av.Option.set(on.getNative(), name, value, SEARCH_CHILDREN), 'encode', `${name}=${value}`)
}
