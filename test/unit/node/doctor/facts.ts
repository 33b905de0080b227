import type { EncoderInfo } from '../../../../src/api/schemas/index.ts'
import type { MachineFacts, NetworkFacts, ProgramFacts } from '../../../../src/node/doctor/facts.ts'

const GIB = 2 ** 30

export const encoder = (change: Partial<EncoderInfo> = {}): EncoderInfo => ({
  name: 'aom',
  aliases: [],
  about: '',
  program: 'aomenc',
  version: '3.6.0',
  build: 'aom/3.6.0/1f2e3d4c',
  problem: null,
  defaultParams: '',
  bitDepths: [8, 10],
  quantiser: { flag: '--cq-level', min: 0, max: 63 },
  flags: [],
  ...change
})

/** A machine on which nothing is wrong. */
export const programs = (change: Partial<ProgramFacts> = {}): ProgramFacts => ({
  versions: new Map(
    ['ffmpeg', 'ffprobe', 'mkvmerge', 'mkvpropedit', 'mkvextract', 'mkvinfo'].map((name) => [name, '1.0'])
  ),
  hasX264: true,
  encoders: [encoder()],
  installLine: (names) => `install ${names.join(' ')}`,
  ...change
})

export const machine = (change: Partial<MachineFacts> = {}): MachineFacts => ({
  nodeVersion: '24.12.0',
  dataDir: '/srv/grav1',
  freeBytes: 100 * GIB,
  memoryBytes: 16 * GIB,
  slots: 4,
  scenesInMemory: 15,
  sandbox: { type: 'boxed', sandbox: { name: 'bubblewrap', boxed: (words) => ({ words, filter: undefined }) } },
  sandboxInstall: 'install bubblewrap',
  clock: { isKept: true, behindFilesMs: -1000, aheadOfNodeMs: 0 },
  ...change
})

export const network = (change: Partial<NetworkFacts> = {}): NetworkFacts => ({
  ports: [],
  mdns: { wanted: true, trouble: undefined },
  status: undefined,
  ...change
})
