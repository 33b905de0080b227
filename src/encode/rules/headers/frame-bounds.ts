import { TARGET_FLAG } from '../quality/target.ts'
import type { EncoderParams } from '../types.ts'
import { headerQuantiser, QUANTISER_MAX } from './quantisers.ts'

/** What parameters allow the frame headers of a scene to say. */
export interface FrameBounds {
  /** No frame has a higher quantiser; undefined where any is allowed. */
  readonly quantiserMax: number | undefined
  /** The highest quantiser of a scene's frames is hardly ever lower; undefined where it may be. */
  readonly quantiserMin: number | undefined
  /** The flag that both come from, as users write it. */
  readonly quantiserFlag: string
  /** Frames that are not shown themselves. */
  readonly hiddenFrames: boolean
  /** Frames besides key frames that do not need the ones before. */
  readonly errorResilient: boolean
  /** Key frames after the first. */
  readonly moreKeys: boolean
}

type Values = ReadonlyMap<string, string>

const valuesOf = ({ tokens }: EncoderParams): Values =>
  new Map(
    tokens.map((token) => {
      const [name = '', value = ''] = token.replace(/^--/, '').split('=')
      return [name, value]
    })
  )

/** Flags of SVT-AV1 that move the quantisers of frames away from `--crf`. */
const SVT_MOVERS = [
  'mbr',
  'cqp',
  'startup-qp-offset',
  'luminance-qp-bias',
  'qp-scale-compress-strength',
  'enable-variance-boost',
  'key-frame-qindex-offset',
  'lossless',
  'min-qp',
  'tune'
]

/** How far SVT-AV1 goes beyond `--crf` in frames that nothing refers to: 14 was measured, at low values. */
const SVT_SLACK = 16

type Quantisers = Pick<FrameBounds, 'quantiserMax' | 'quantiserMin' | 'quantiserFlag'>

const ANY: Quantisers = { quantiserMax: undefined, quantiserMin: undefined, quantiserFlag: '' }

const ofFlag = (values: Values, flag: string): string => `--${flag}=${values.get(flag)}`

/** What a flag allows where it is given. */
function atMost(values: Values, flag: string): Quantisers {
  const level = values.get(flag)
  if (level === undefined) return ANY
  return { quantiserMax: headerQuantiser(Number(level)), quantiserMin: undefined, quantiserFlag: ofFlag(values, flag) }
}

/** The same of the flag that sets the quantiser of the frames to which no others refer. */
function about(values: Values, flag: string, slack: number): Quantisers {
  const { quantiserMax, quantiserFlag } = atMost(values, flag)
  if (quantiserMax === undefined) return ANY
  return { quantiserMax: Math.min(QUANTISER_MAX, quantiserMax + slack), quantiserMin: quantiserMax, quantiserFlag }
}

/** @param modeDefault the mode without `--end-usage` */
function libQuantisers(values: Values, modeDefault: string): Quantisers {
  const level = Number(values.get('cq-level') ?? NaN)
  if ((values.get('end-usage') ?? modeDefault) !== 'q') return atMost(values, 'max-q')
  if (Number.isNaN(level) || level < Number(values.get('min-q') ?? 0)) return ANY
  const levels = about(values, 'cq-level', 0)
  return level <= Number(values.get('max-q') ?? 63) ? levels : { ...levels, quantiserMin: undefined }
}

function svtQuantisers(values: Values): Quantisers {
  const flag = ['crf', 'qp'].find((name) => values.has(name))
  // SVT-AV1 decides by the order of its options what two of them mean.
  if (values.get('rc') === '1') return flag === undefined ? atMost(values, 'max-qp') : ANY
  return flag === undefined || SVT_MOVERS.some((name) => values.has(name)) ? ANY : about(values, flag, SVT_SLACK)
}

/** @param params of one scene; with a target quality, those with the chosen quantiser */
export function frameBoundsOf(params: EncoderParams): FrameBounds {
  const values = valuesOf(params)
  const isSvt = params.encoder === 'svt' || params.encoder === 'svt-av'
  const quantisers = isSvt ? svtQuantisers(values) : libQuantisers(values, params.encoder === 'vp9-av' ? 'q' : 'vbr')
  return {
    ...(values.has(TARGET_FLAG) ? ANY : quantisers),
    hiddenFrames: isSvt || (values.get('lag-in-frames') !== '0' && values.get('auto-alt-ref') !== '0'),
    errorResilient: values.get('error-resilient') === '1',
    // libaom and libvpx begin anew at cuts that they find inside a scene.
    moreKeys: !isSvt || values.get('rc') === '1'
  }
}
