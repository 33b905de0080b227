import type { EncoderName } from '../../src/encode/rules/index.ts'
import type { ProgramName } from './programs.ts'

/** Parameters with which an encoder is compared with itself. */
export interface Sample {
  readonly encoder: EncoderName
  readonly program: ProgramName
  readonly params: string
}

const of = (encoder: EncoderName, program: ProgramName, ...all: readonly string[]): Sample[] =>
  all.map((params) => ({ encoder, program, params }))

/** Defaults, what is fast, and what is known to be made of numbers with fractions. */
export const SAMPLES: readonly Sample[] = [
  ...of(
    'aom',
    'aomenc',
    '--cpu-used=4 --end-usage=q --cq-level=30 --lag-in-frames=19',
    '--cpu-used=6 --end-usage=q --cq-level=34 --lag-in-frames=19',
    '--cpu-used=6 --bit-depth=10 --end-usage=vbr --target-bitrate=200 --enable-qm=1 --denoise-noise-level=20'
  ),
  ...of(
    'vp9',
    'vpxenc',
    '--cpu-used=2 --end-usage=q --cq-level=32 --lag-in-frames=19 --auto-alt-ref=1',
    '--cpu-used=4 --end-usage=vbr --target-bitrate=200'
  ),
  ...of(
    'svt',
    'SvtAv1EncApp',
    '--preset=6 --crf=35',
    '--preset=8 --crf=35 --enable-qm=1',
    '--preset=8 --crf=35 --film-grain=8'
  )
]

/** A codec that sources have, with the options by which ffmpeg makes a piece of it. */
export const SOURCES: Readonly<Record<string, readonly string[]>> = {
  'MPEG-2': ['-c:v', 'mpeg2video', '-bf', '2', '-q:v', '4'],
  'MPEG-4 ASP': ['-c:v', 'mpeg4', '-bf', '2', '-q:v', '4'],
  MJPEG: ['-c:v', 'mjpeg', '-q:v', '4', '-pix_fmt', 'yuvj420p'],
  'H.264': ['-c:v', 'libx264', '-preset', 'medium', '-crf', '24'],
  'H.264 10 bits': ['-c:v', 'libx264', '-preset', 'medium', '-crf', '24', '-pix_fmt', 'yuv420p10le'],
  HEVC: ['-c:v', 'libx265', '-preset', 'fast', '-x265-params', 'log-level=none:crf=26'],
  VP9: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '6', '-b:v', '400k'],
  AV1: ['-c:v', 'libsvtav1', '-preset', '10', '-crf', '40']
}
