import { power } from './stable-math.ts'
import { transferCurve } from './transfer-curve.ts'

/** A camera with a 36 x 24 mm sensor: what its pixels catch and add. */
const SENSOR_UM2 = 36_000 * 24_000
const PHOTONS_PER_LXS_UM2 = 11_260
const QUANTUM_EFFICIENCY = 0.2
const READ_NOISE_ELECTRONS = 1.5
const RESPONSE_NON_UNIFORMITY = 0.005
/** Exposure of middle grey at ISO 1. */
const GREY_LXS = 10

/** Strength of AV1's grain for noise of one code value, at a scaling shift of 8. */
const STRENGTH_PER_CODE = 7.88
const POINTS = 14
const CODE_MAX = 255

/** What the noise of a picture depends on. */
export interface PhotonNoise {
  /** Sensitivity, 100..6400. */
  readonly iso: number
  readonly width: number
  readonly height: number
  /** Name of the transfer function, in ffmpeg's or aomenc's words. */
  readonly transfer: string | undefined
}

/** Strength of the luma grain at each of 14 code values of an 8-bit scale: shot noise, read noise and unequal pixels of a camera at this ISO. */
export function photonNoisePoints({ iso, width, height, transfer }: PhotonNoise): [code: number, strength: number][] {
  const curve = transferCurve(transfer)
  const greyElectrons = ((QUANTUM_EFFICIENCY * PHOTONS_PER_LXS_UM2 * GREY_LXS) / iso) * (SENSOR_UM2 / (width * height))
  const fullElectrons = greyElectrons / curve.middleGrey
  return Array.from({ length: POINTS }, (_, index) => {
    const signal = index / (POINTS - 1)
    const light = curve.toLight(signal)
    const electrons = fullElectrons * light
    const unequal = RESPONSE_NON_UNIFORMITY * electrons
    const noise = power(READ_NOISE_ELECTRONS * READ_NOISE_ELECTRONS + electrons + unequal * unequal, 0.5)
    const spread = noise / fullElectrons
    const [from, to] = [Math.max(0, light - 2 * spread), Math.min(1, light + 2 * spread)]
    const slope = (curve.toSignal(to) - curve.toSignal(from)) / (to - from)
    const strength = Math.round(CODE_MAX * STRENGTH_PER_CODE * spread * slope)
    return [Math.round(CODE_MAX * signal), Math.min(CODE_MAX, strength)]
  })
}

/** The end of time for libaom, so that the one entry is for all frames of a scene. */
const FOREVER = '9223372036854775807'

/**
 * libaom's film grain table for a photon noise: text of whole numbers, the same wherever it is made.
 * Grain without correlation between neighbours (lag 0), overlapping blocks, none in the chroma.
 */
export function photonNoiseTable(noise: PhotonNoise): string {
  const points = photonNoisePoints(noise)
  const lines = [
    'filmgrn1',
    `E 0 ${FOREVER} 1 ${noise.iso} 1`,
    '\tp 0 6 0 8 0 1 0 0 0 0 0 0',
    `\tsY ${points.length} ${points.map((point) => point.join(' ')).join(' ')}`,
    '\tsCb 0',
    '\tsCr 0',
    '\tcY',
    '\tcCb 0',
    '\tcCr 0'
  ]
  return `${lines.join('\n')}\n`
}
