import { SVT_RULES } from './svt-flags.ts'
import { flagGroup } from '../params/core-flags.ts'
import { type FlagRules, int, toggle, type ValueRule } from '../params/rules.ts'

/** What SvtAv1EncApp takes and the library, version 3, does not. */
const GONE = new Set(['rmv', 'bias-pct'])

const allowed = new Map<string, ValueRule>([
  ...[...SVT_RULES.allowed].filter(([name]) => !GONE.has(name)),
  ['tune', int(0, 2)],
  ['lookahead', int(0, 120)],
  ['enable-tf', int(0, 2)],
  ['fast-decode', int(0, 2)],
  ['enable-variance-boost', toggle],
  ['variance-boost-strength', int(1, 4)],
  ['variance-octile', int(1, 8)],
  ['variance-boost-curve', int(0, 2)],
  ['sharpness', int(-7, 7)],
  ['luminance-qp-bias', int(0, 100)],
  ['tf-strength', int(0, 4)],
  ['chroma-qm-min', int(0, 15)],
  ['chroma-qm-max', int(0, 15)]
])

const core = new Map([
  ...SVT_RULES.core,
  ...flagGroup('this version of SVT-AV1 does not have it.', [...GONE].join(' ')),
  ...flagGroup('grav1 places key frames at scene starts.', 'enable-force-key-frames'),
  ...flagGroup(
    'it is a list or a level that grav1 does not check.',
    'lambda-scale-factors frame-resz-events frame-resz-denoms frame-resz-kf-denoms'
  ),
  ...flagGroup('it is for experiments of the developers of SVT-AV1.', 'startup-mg-size startup-qp-offset enable-dg')
])

export const SVT_AV_RULES: FlagRules = { ...SVT_RULES, program: 'SVT-AV1', allowed, core }
