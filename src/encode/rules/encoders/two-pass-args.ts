import type { EncoderCommandInput } from '../types.ts'

/** What `aomenc` and `vpxenc` are told alike of a pass. @param threads most that they may use */
export const passArgs = ({ pass, statsFile }: EncoderCommandInput, threads: number): string[] => [
  '--ivf',
  '--passes=2',
  `--pass=${pass}`,
  `--fpf=${statsFile}`,
  `--threads=${threads}`,
  '--row-mt=0',
  '--kf-max-dist=9999'
]

/** What both are told alike of depths and files; a first pass writes no video. */
export const outputArgs = (
  { video, pass, nullDevice, outputFile }: EncoderCommandInput,
  { profile, bitDepth }: { readonly profile: number; readonly bitDepth: number }
): string[] => [
  `--profile=${profile}`,
  `--bit-depth=${bitDepth}`,
  `--input-bit-depth=${video.bitDepth}`,
  '-o',
  pass === 1 ? nullDevice : outputFile
]
