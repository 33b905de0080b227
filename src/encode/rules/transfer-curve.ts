import { exp, ln, power } from './stable-math.ts'

/** How a signal from 0 to 1 maps to light from 0 to 1. */
export interface TransferCurve {
  readonly toLight: (signal: number) => number
  readonly toSignal: (light: number) => number
  /** Light of a card that reflects 18 %. */
  readonly middleGrey: number
}

const GREY = 0.18

const gamma = (exponent: number): TransferCurve => ({
  toLight: (signal) => power(signal, exponent),
  toSignal: (light) => power(light, 1 / exponent),
  middleGrey: GREY
})

const SRGB: TransferCurve = {
  toLight: (signal) => (signal <= 0.04045 ? signal / 12.92 : power((signal + 0.055) / 1.055, 2.4)),
  toSignal: (light) => (light <= 0.0031308 ? light * 12.92 : 1.055 * power(light, 1 / 2.4) - 0.055),
  middleGrey: GREY
}

const PQ = { m1: 2610 / 16384, m2: 2523 / 32, c1: 107 / 128, c2: 2413 / 128, c3: 2392 / 128 }

/** SMPTE ST 2084, where 1 is 10,000 cd/m2; grey is at 26 cd/m2 (ITU-R BT.2408). */
const PERCEPTUAL: TransferCurve = {
  toLight: (signal) => {
    const root = power(signal, 1 / PQ.m2)
    return power(Math.max(root - PQ.c1, 0) / (PQ.c2 - PQ.c3 * root), 1 / PQ.m1)
  },
  toSignal: (light) => {
    const root = power(light, PQ.m1)
    return power((PQ.c1 + PQ.c2 * root) / (1 + PQ.c3 * root), PQ.m2)
  },
  middleGrey: 0.0026
}

const HLG_A = 0.17883277
const HLG_B = 1 - 4 * HLG_A
const HLG_C = 0.5 - HLG_A * ln(4 * HLG_A)

/** ARIB STD-B67; grey is at a signal of 38 % (ITU-R BT.2408). */
const HYBRID: TransferCurve = {
  toLight: (signal) => (signal <= 0.5 ? (signal * signal) / 3 : (exp((signal - HLG_C) / HLG_A) + HLG_B) / 12),
  toSignal: (light) => (light <= 1 / 12 ? power(3 * light, 0.5) : HLG_A * ln(12 * light - HLG_B) + HLG_C),
  middleGrey: (0.38 * 0.38) / 3
}

/** By ffmpeg's names and aomenc's. */
const CURVES: ReadonlyMap<string, TransferCurve> = new Map([
  ['gamma22', gamma(2.2)],
  ['bt470m', gamma(2.2)],
  ['gamma28', gamma(2.8)],
  ['bt470bg', gamma(2.8)],
  ['linear', gamma(1)],
  ['lin', gamma(1)],
  ['iec61966-2-1', SRGB],
  ['srgb', SRGB],
  ['smpte2084', PERCEPTUAL],
  ['arib-std-b67', HYBRID],
  ['hlg', HYBRID]
])

/** Displays of everything else follow ITU-R BT.1886. */
const DISPLAY = gamma(2.4)

/** The curve of a transfer function by its name. */
export const transferCurve = (name: string | undefined): TransferCurve => CURVES.get(name ?? '') ?? DISPLAY
