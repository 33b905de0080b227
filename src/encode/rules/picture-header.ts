import { sameLanguage } from './language.ts'

/** A value of a property, as `mkvmerge -J` tells it. */
export type HeaderValue = string | number | boolean

/** Properties of a video track by the names that `mkvmerge -J` gives them. Both the required header of the film and its actual header are such sets. */
export type PictureHeader = Readonly<Record<string, HeaderValue>>

/** Options of mkvmerge that write a property of a track. */
const OPTIONS: Readonly<Record<string, string>> = {
  track_name: '--track-name',
  language_ietf: '--language',
  default_track: '--default-track-flag',
  forced_track: '--forced-display-flag',
  enabled_track: '--track-enabled-flag',
  flag_hearing_impaired: '--hearing-impaired-flag',
  flag_visual_impaired: '--visual-impaired-flag',
  flag_text_descriptions: '--text-descriptions-flag',
  flag_original: '--original-flag',
  flag_commentary: '--commentary-flag',
  display_dimensions: '--display-dimensions',
  cropping: '--cropping',
  stereo_mode: '--stereo-mode',
  color_matrix_coefficients: '--color-matrix-coefficients',
  color_transfer_characteristics: '--color-transfer-characteristics',
  color_primaries: '--color-primaries',
  color_range: '--color-range',
  chroma_siting: '--chroma-siting',
  max_content_light: '--max-content-light',
  max_frame_light: '--max-frame-light',
  chromaticity_coordinates: '--chromaticity-coordinates',
  white_color_coordinates: '--white-color-coordinates',
  max_luminance: '--max-luminance',
  min_luminance: '--min-luminance',
  projection_type: '--projection-type',
  projection_private: '--projection-private',
  projection_pose_yaw: '--projection-pose-yaw',
  projection_pose_pitch: '--projection-pose-pitch',
  projection_pose_roll: '--projection-pose-roll'
}

/** Properties that mkvmerge has no option for, by what mkvpropedit calls them. */
const EDITS: Readonly<Record<string, string>> = { display_unit: 'display-unit', default_duration: 'default-duration' }

/** All properties that are carried over. */
export const CARRIED: readonly string[] = [...Object.keys(OPTIONS), ...Object.keys(EDITS)]

/** The carried ones among a source's properties. */
export const carried = (properties: Readonly<Record<string, HeaderValue>>): PictureHeader =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => CARRIED.includes(name)))

/** A number without an exponent, with at most 9 decimals. */
const plain = (value: HeaderValue): string =>
  typeof value === 'number'
    ? String(Number(value.toFixed(9)))
    : typeof value === 'boolean'
      ? value
        ? '1'
        : '0'
      : value

/** mkvmerge's options for the header of a track, by its number in the input. */
export const headerOptions = (header: PictureHeader, track = 0): string[] =>
  Object.entries(OPTIONS).flatMap(([name, option]) => {
    const value = header[name]
    return value === undefined ? [] : [option, `${track}:${plain(value)}`]
  })

/** mkvpropedit's options for the rest. A duration that the source does not give is removed: mkvmerge writes the most common difference of times. */
export const headerEdits = (header: PictureHeader): string[] => [
  ...(header['display_unit'] === undefined || header['display_unit'] === 0
    ? []
    : ['--set', `${EDITS['display_unit'] ?? ''}=${plain(header['display_unit'])}`]),
  ...(header['default_duration'] === undefined
    ? ['--delete', EDITS['default_duration'] ?? '']
    : ['--set', `${EDITS['default_duration'] ?? ''}=${plain(header['default_duration'])}`])
]

/** Values that say nothing, so that a header without the property means the same. */
const SILENT: Readonly<Record<string, HeaderValue>> = {
  default_track: true,
  enabled_track: true,
  forced_track: false,
  display_unit: 0,
  cropping: '0,0,0,0',
  stereo_mode: 0,
  track_name: '',
  language_ietf: 'und',
  projection_type: 0,
  projection_pose_yaw: 0,
  projection_pose_pitch: 0,
  projection_pose_roll: 0
}

/** Headers have 32 bits for a fraction. */
const SAME_SHARE = 1e-5

/** Sources say `eng` or `ger` where mkvmerge writes `en` and `de`. */
const isSameLanguage = (wanted: HeaderValue, found: HeaderValue): boolean =>
  sameLanguage(String(wanted)) === sameLanguage(String(found))

function isSame(wanted: HeaderValue, found: HeaderValue): boolean {
  const numbers = (value: HeaderValue): number[] => String(value).split(/[,x]/).map(Number)
  const [a, b] = [numbers(wanted), numbers(found)]
  if (a.length !== b.length || a.some(Number.isNaN) || b.some(Number.isNaN) || typeof wanted === 'boolean')
    return String(wanted).toLowerCase() === String(found).toLowerCase()
  return a.every((value, n) => Math.abs(value - (b[n] ?? 0)) <= SAME_SHARE * Math.max(Math.abs(value), 1e-3))
}

/** The first property in which a film's header is not as planned, as a sentence; undefined where there is none. */
export function headerFault(planned: PictureHeader, found: PictureHeader): string | undefined {
  for (const name of CARRIED) {
    const silent = SILENT[name] ?? (name.startsWith('flag_') ? false : undefined)
    const wanted = planned[name] ?? silent
    const has = found[name] ?? silent
    if (
      wanted === undefined
        ? has !== undefined && name === 'default_duration'
        : has === undefined || !(name === 'language_ietf' ? isSameLanguage : isSame)(wanted, has)
    )
      return `its ${name.replaceAll('_', ' ')} is ${plain(has ?? 'missing')}, not ${plain(wanted ?? 'missing')}`
  }
  return undefined
}
