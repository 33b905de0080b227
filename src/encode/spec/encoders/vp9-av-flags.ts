import { VP9_RULES } from './vp9-flags.ts'
import { flagGroup } from '../params/core-flags.ts'
import { type FlagRules, int } from '../params/rules.ts'

/** What FFmpeg calls the parameters of vpxenc that it has, where that is another name. */
export const AV_NAMES: ReadonlyMap<string, string> = new Map([
  ['cq-level', 'crf'],
  ['min-q', 'qmin'],
  ['max-q', 'qmax']
])

const SAME =
  'target-quality cpu-used end-usage target-bitrate undershoot-pct overshoot-pct corpus-complexity max-intra-rate lag-in-frames auto-alt-ref sharpness static-thresh ' +
  'tile-columns tile-rows enable-tpl arnr-maxframes arnr-strength arnr-type tune tune-content lossless frame-parallel aq-mode noise-sensitivity min-gf-interval'

const taken = new Set([...AV_NAMES.keys(), ...SAME.split(' ')])
const allowed = new Map([
  ...[...VP9_RULES.allowed].filter(([name]) => taken.has(name)),
  ['cpu-used', int(-8, 8)] as const,
  ['noise-sensitivity', int(0, 4)] as const
])

const notTaken = [...VP9_RULES.allowed.keys()].filter((name) => !taken.has(name)).join(' ')

const core = new Map([
  ...VP9_RULES.core,
  ...flagGroup('FFmpeg, through which node-av runs libvpx, does not have it.', notTaken),
  ...flagGroup('the encoded video has the depth of the source.', 'bit-depth profile'),
  ...flagGroup('grav1 sets it from the source.', 'color-space'),
  ...flagGroup('it is for encodes of two passes.', 'bias-pct minsection-pct maxsection-pct')
])

export const VP9_AV_RULES: FlagRules = { ...VP9_RULES, program: 'libvpx', allowed, core }
