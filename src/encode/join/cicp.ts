import {
  cicpNumber,
  type Colour,
  COLOUR_CODES,
  type ColourNumbers,
  type PictureHeader,
  UNSPECIFIED
} from '../rules/index.ts'

/** A colour description as the numbers of ITU-T H.273. */
export function colourNumbers(colour: Colour): ColourNumbers {
  return {
    primaries: cicpNumber(COLOUR_CODES.primaries, colour.primaries) ?? UNSPECIFIED,
    transfer: cicpNumber(COLOUR_CODES.transfer, colour.transfer) ?? UNSPECIFIED,
    matrix: cicpNumber(COLOUR_CODES.matrix, colour.matrix) ?? UNSPECIFIED,
    fullRange: colour.range === 'pc'
  }
}

/** A header's properties for a colour description; unknown values are left out. */
export function colourHeader({ primaries, transfer, matrix }: ColourNumbers, range: string | undefined): PictureHeader {
  const numbers = {
    color_primaries: primaries,
    color_transfer_characteristics: transfer,
    color_matrix_coefficients: matrix
  }
  const said = Object.entries(numbers).filter(([, number]) => number !== UNSPECIFIED)
  const code = cicpNumber(COLOUR_CODES.range, range)
  return { ...Object.fromEntries(said), ...(code === undefined ? {} : { color_range: code }) }
}

type SideData = Readonly<Record<string, unknown>>

/** A number that ffprobe writes as a fraction, with at most 9 decimals. */
function decimal(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  const match = typeof value === 'string' ? /^(\d+)\/(\d+)$/.exec(value) : null
  if (match === null || Number(match[2]) === 0) return undefined
  return Number((Number(match[1]) / Number(match[2])).toFixed(9))
}

function fields(data: SideData | undefined, property: string, names: readonly string[]): PictureHeader {
  const values = names.map((name) => decimal(data?.[name]))
  if (values.includes(undefined)) return {}
  return { [property]: values.length === 1 ? (values[0] ?? 0) : values.join(',') }
}

/** A header's properties for HDR metadata that ffprobe found on the stream or its first frame. */
export function hdrHeader(sideData: readonly SideData[]): PictureHeader {
  const mastering = sideData.find((data) => data['side_data_type'] === 'Mastering display metadata')
  const light = sideData.find((data) => data['side_data_type'] === 'Content light level metadata')
  const corners = ['red_x', 'red_y', 'green_x', 'green_y', 'blue_x', 'blue_y']
  return {
    ...fields(mastering, 'chromaticity_coordinates', corners),
    ...fields(mastering, 'white_color_coordinates', ['white_point_x', 'white_point_y']),
    ...fields(mastering, 'max_luminance', ['max_luminance']),
    ...fields(mastering, 'min_luminance', ['min_luminance']),
    ...fields(light, 'max_content_light', ['max_content']),
    ...fields(light, 'max_frame_light', ['max_average'])
  }
}
