import { refused } from '../params/core-flags.ts'
import type { FlagTable } from '../params/flag-rules.ts'
import { optionTable } from '../params/option-table.ts'
import { int } from '../params/rules.ts'
import type { ProgramFacts } from '../types.ts'
import { VP9_CORE, VP9_FLAGS, VP9_OPTIONS } from './vp9-flags.ts'

/** The libvpx of node-av 6.1.1: a library, which has no help. */
export const VP9_AV_FACTS: ProgramFacts = { version: '1.15.2', options: new Set() }

/** What FFmpeg calls the parameters of vpxenc that it has, where that is another name. */
export const AV_NAMES: ReadonlyMap<string, string> = new Map([
  ['cq-level', 'crf'],
  ['min-q', 'qmin'],
  ['max-q', 'qmax']
])

const SAME =
  'cpu-used end-usage target-bitrate undershoot-pct overshoot-pct corpus-complexity max-intra-rate lag-in-frames auto-alt-ref sharpness static-thresh ' +
  'tile-columns tile-rows enable-tpl arnr-maxframes arnr-strength arnr-type tune tune-content lossless frame-parallel aq-mode noise-sensitivity min-gf-interval'

const taken = new Set([...AV_NAMES.keys(), ...SAME.split(' ')])
const notTaken = VP9_OPTIONS.map(([name]) => name).filter((name) => !taken.has(name))

export const VP9_AV_FLAGS: FlagTable = {
  ...VP9_FLAGS,
  program: 'libvpx',
  product: 'libvpx',
  options: new Map([
    ...[...VP9_FLAGS.options].filter(([name]) => taken.has(name)),
    ...optionTable([
      ['cpu-used', int(-8, 8)],
      ['noise-sensitivity', int(0, 4)]
    ])
  ]),
  core: new Map([
    ...VP9_CORE,
    ...refused('FFmpeg, through which node-av runs libvpx, does not have it.', notTaken.join(' ')),
    ...refused('the encoded video has the depth of the source.', 'bit-depth profile'),
    ...refused('grav1 sets it from the source.', 'color-space'),
    ...refused('it is for two-pass encodes.', 'bias-pct minsection-pct maxsection-pct')
  ])
}
