/** An encoder at one setting, and how much film tells something of it. */
export interface Setting {
  readonly encoder: 'aom' | 'vp9' | 'svt'
  readonly params: readonly string[]
  readonly seconds: number
}

const AOM = ['--end-usage=q', '--cq-level=30', '--lag-in-frames=35']
const VP9 = ['--end-usage=q', '--cq-level=32', '--lag-in-frames=25', '--auto-alt-ref=1']

/** A slow and a fast one of each. */
export const SETTINGS: readonly Setting[] = [
  { encoder: 'aom', params: ['--cpu-used=3', ...AOM], seconds: 12 },
  { encoder: 'aom', params: ['--cpu-used=6', ...AOM], seconds: 48 },
  { encoder: 'vp9', params: ['--cpu-used=1', ...VP9], seconds: 24 },
  { encoder: 'vp9', params: ['--cpu-used=4', ...VP9], seconds: 48 },
  { encoder: 'svt', params: ['--preset=4', '--crf=35'], seconds: 24 },
  { encoder: 'svt', params: ['--preset=10', '--crf=35'], seconds: 96 }
]
