import type { EncoderName } from '../../src/encode/rules/index.ts'

/** One submission: an encoder, and the container that its film goes into. */
export interface Submit {
  readonly encoder: EncoderName
  readonly container: 'mkv' | 'webm' | 'mp4'
  readonly params: string
  readonly opus: boolean
  /** Whether it has to hold before a merge. At night all of them do. */
  readonly inGate: boolean
}

const FAST: Readonly<Record<'aom' | 'vp9' | 'svt', string>> = {
  aom: '--cpu-used=6 --end-usage=q --cq-level=40',
  vp9: '--cpu-used=5 --end-usage=q --cq-level=40',
  svt: '--preset=10 --crf=40'
}

const CONTAINERS = ['mkv', 'webm', 'mp4'] as const

/** Each encoder with each container; sound becomes Opus where it has to, and in Matroska too, where it is copied by default. */
export const SUBMITS: readonly Submit[] = (['aom', 'vp9', 'svt'] as const).flatMap((encoder) =>
  CONTAINERS.map((container) => ({
    encoder,
    container,
    params: FAST[encoder],
    opus: container === 'webm' || encoder === 'svt',
    // The demo makes Matroska with aomenc, and a swarm works with vpxenc.
    inGate: encoder === 'svt' && container === 'mp4'
  }))
)

export const submitName = ({ encoder, container, opus }: Submit): string =>
  `${encoder} .${container}${opus ? ' Opus' : ''}`

/** The words of `grav1 submit` behind the input, without the output. */
export function submitArgs({ encoder, container, params, opus }: Submit): string[] {
  const args = ['--encoder', encoder, '--params', params]
  if (opus) args.push('--audio', 'opus')
  if (container !== 'mkv') args.push('--attachments', 'drop')
  if (container === 'webm') args.push('--subtitles', 'drop')
  return args
}

/** `grav1 submit` on one machine that talks to nobody. */
export const ALONE = ['--workers', '2', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']
