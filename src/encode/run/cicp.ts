import { cicpNumber, type Colour, COLOUR_CODES, type ColourNumbers } from '../spec/index.ts'
import type { FieldOrder } from './types.ts'

function option(flag: string, codes: readonly string[], name: string | undefined): string[] {
  const number = cicpNumber(codes, name)
  return number === undefined ? [] : [flag, `0:${number}`]
}

const UNSPECIFIED = 2

/** A colour description as the numbers of ITU-T H.273. */
export function colourNumbers(colour: Colour): ColourNumbers {
  return {
    primaries: cicpNumber(COLOUR_CODES.primaries, colour.primaries) ?? UNSPECIFIED,
    transfer: cicpNumber(COLOUR_CODES.transfer, colour.transfer) ?? UNSPECIFIED,
    matrix: cicpNumber(COLOUR_CODES.matrix, colour.matrix) ?? UNSPECIFIED,
    fullRange: colour.range === 'pc'
  }
}

/** mkvmerge's options for a colour description, as the numbers of ITU-T H.273. */
export const colourOptions = (colour: Colour): string[] => [
  ...option('--color-primaries', COLOUR_CODES.primaries, colour.primaries),
  ...option('--color-transfer-characteristics', COLOUR_CODES.transfer, colour.transfer),
  ...option('--color-matrix-coefficients', COLOUR_CODES.matrix, colour.matrix),
  ...option('--color-range', COLOUR_CODES.range, colour.range)
]

const HDR_MASTERING = 'Mastering display metadata'
const HDR_LIGHT = 'Content light level metadata'

/** A number that ffprobe writes as a fraction, with at most 9 decimals. */
function decimal(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  const match = typeof value === 'string' ? /^(\d+)\/(\d+)$/.exec(value) : null
  if (match === null || Number(match[2]) === 0) return undefined
  return String(Number((Number(match[1]) / Number(match[2])).toFixed(9)))
}

function fields(data: Readonly<Record<string, unknown>>, flag: string, names: readonly string[]): string[] {
  const values = names.map((name) => decimal(data[name]))
  return values.includes(undefined) ? [] : [flag, `0:${values.join(',')}`]
}

/** mkvmerge's options for HDR metadata that ffprobe found on the stream or its first frame. */
export function hdrOptions(sideData: readonly Readonly<Record<string, unknown>>[]): string[] {
  const mastering = sideData.find((data) => data['side_data_type'] === HDR_MASTERING)
  const light = sideData.find((data) => data['side_data_type'] === HDR_LIGHT)
  return [
    ...(mastering === undefined
      ? []
      : [
          ...fields(mastering, '--chromaticity-coordinates', [
            'red_x',
            'red_y',
            'green_x',
            'green_y',
            'blue_x',
            'blue_y'
          ]),
          ...fields(mastering, '--white-color-coordinates', ['white_point_x', 'white_point_y']),
          ...fields(mastering, '--max-luminance', ['max_luminance']),
          ...fields(mastering, '--min-luminance', ['min_luminance'])
        ]),
    ...(light === undefined
      ? []
      : [
          ...fields(light, '--max-content-light', ['max_content']),
          ...fields(light, '--max-frame-light', ['max_average'])
        ])
  ]
}

/** mkvmerge's option for an interlaced picture; without it players take it for progressive. */
export const fieldOrderOptions = (order: FieldOrder | undefined): string[] =>
  order === undefined ? [] : ['--field-order', order === 'tff' ? '0:1' : '0:6']

/** mkvmerge's options for a rotated picture: the clockwise turn that players apply, in degrees. */
export function rotationOptions(sideData: readonly Readonly<Record<string, unknown>>[]): string[] {
  const rotation = sideData.find((data) => data['side_data_type'] === 'Display Matrix')?.['rotation']
  if (typeof rotation !== 'number' || rotation === 0) return []
  return ['--projection-type', '0:0', '--projection-pose-roll', `0:${rotation}`]
}
