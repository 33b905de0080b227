import type { EncoderCommandInput } from '../types.ts'

/** The version of the package node-av that grav1 installs: the one that was tried. */
export const NODE_AV_VERSION = '6.1.1'

/** How the package node-av, which several encoders run through, tells its version. */
export const AV_VERSION = { args: ['version'], pattern: /^(node-av-\d[\w.-]*)$/m } as const

/** An FFmpeg encoder and its options. */
export interface AvCodec {
  readonly name: string
  readonly fourcc: 'AV01' | 'VP90'
  /** FFmpeg's options of the encoder. */
  readonly options: readonly (readonly [name: string, value: string | number])[]
}

/**
 * The argument vector of the program in `encode/programs/av`, for frames from stdin; a source piece is named in addition.
 * @param encoded the encoder's input: the source's frames, or the same with more bits
 */
export function avArgs({ video, outputFile }: EncoderCommandInput, codec: AvCodec, encoded = video): string[] {
  return [
    'encode',
    `--codec=${codec.name}`,
    `--fourcc=${codec.fourcc}`,
    `--width=${video.width}`,
    `--height=${video.height}`,
    `--pixel-format=${video.pixelFormat}`,
    `--encode-format=${encoded.pixelFormat}`,
    `--rate=${video.fps.num}/${video.fps.den}`,
    ...codec.options.map(([name, value]) => `--option=${name}=${value}`),
    `--output=${outputFile}`
  ]
}

const LINE = /^frame (\d+)$/gm

/** Longest run of a chunk that is looked at; a progress line has about 10 bytes. */
const LOOK_CHARS = 4096

/** Packets written, from a chunk of stderr. */
export function parseAvProgress(text: string): number | undefined {
  const last = [...text.slice(-LOOK_CHARS).matchAll(LINE)].at(-1)
  return last === undefined ? undefined : Number(last[1])
}

/** FFmpeg ignores options that it does not understand; SVT-AV1 names those that it refuses. */
export const AV_COMPLAINT = /^(?:Svt\[error\]: ?(?:Instance \d+ ?: *)?|\[lib[\w-]+ @ 0x[\da-f]+\] )(.+)$/
