/** Unspecified. */
export const UNSPECIFIED = 2

/** A colour description as the numbers of ITU-T H.273; 2 is unspecified. */
export interface ColourNumbers {
  readonly primaries: number
  readonly transfer: number
  readonly matrix: number
  readonly fullRange: boolean
}

/** ffmpeg's names of colour descriptions at their numbers of ITU-T H.273; empty where a number is reserved or says nothing. */
export const COLOUR_CODES = {
  primaries: ',bt709,,,bt470m,bt470bg,smpte170m,smpte240m,film,bt2020,smpte428,smpte431,smpte432'.split(','),
  transfer:
    ',bt709,,,gamma22,gamma28,smpte170m,smpte240m,linear,log100,log316,iec61966-2-4,bt1361e,iec61966-2-1,bt2020-10,bt2020-12,smpte2084,smpte428,arib-std-b67'.split(
      ','
    ),
  matrix:
    'gbr,bt709,,,fcc,bt470bg,smpte170m,smpte240m,ycgco,bt2020nc,bt2020c,smpte2085,chroma-derived-nc,chroma-derived-c,ictcp'.split(
      ','
    ),
  range: ',tv,pc'.split(',')
} as const

/** The number of a colour's name in one of `COLOUR_CODES`; undefined for a name that has none. */
export function cicpNumber(codes: readonly string[], name: string | undefined): number | undefined {
  const number = name === undefined || name === '' ? -1 : codes.indexOf(name)
  return number < 0 ? undefined : number
}
