import type { Colour } from '../types.ts'
import { AOM_MATRIX, AOM_PRIMARIES, AOM_TRANSFER } from './aom-flags.ts'

const PRIMARIES: Readonly<Record<string, string>> = {
  smpte170m: 'bt601',
  smpte240m: 'smpte240',
  smpte428: 'xyz',
  'jedec-p22': 'ebu3213'
}
const TRANSFER: Readonly<Record<string, string>> = {
  smpte170m: 'bt601',
  gamma22: 'bt470m',
  gamma28: 'bt470bg',
  smpte240m: 'smpte240',
  linear: 'lin',
  log316: 'log100sq10',
  'iec61966-2-4': 'iec61966',
  bt1361e: 'bt1361',
  'iec61966-2-1': 'srgb',
  'bt2020-10': 'bt2020-10bit',
  'bt2020-12': 'bt2020-12bit',
  'arib-std-b67': 'hlg'
}
const MATRIX: Readonly<Record<string, string>> = {
  fcc: 'fcc73',
  smpte170m: 'bt601',
  smpte240m: 'smpte240',
  bt2020nc: 'bt2020ncl',
  bt2020c: 'bt2020cl',
  'chroma-derived-nc': 'chromncl',
  'chroma-derived-c': 'chromcl'
}

function option(
  flag: string,
  name: string | undefined,
  map: Readonly<Record<string, string>>,
  known: readonly string[]
): string[] {
  if (name === undefined) return []
  const mapped = map[name] ?? name
  return mapped !== 'unspecified' && known.includes(mapped) ? [`--${flag}=${mapped}`] : []
}

/** aomenc's options for a colour description; what aomenc has no word for is left out. */
export function aomColourArgs(colour: Colour): string[] {
  return [
    ...option('color-primaries', colour.primaries, PRIMARIES, AOM_PRIMARIES),
    ...option('transfer-characteristics', colour.transfer, TRANSFER, AOM_TRANSFER),
    ...option('matrix-coefficients', colour.matrix, MATRIX, AOM_MATRIX)
  ]
}
