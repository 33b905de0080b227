import type { Container } from './containers.ts'
import { type DisplayMatrix, isMirrored } from './display-matrix.ts'
import type { HeaderValue, PictureHeader } from './picture-header.ts'

const isSet = (value: HeaderValue | undefined): boolean =>
  value !== undefined && value !== 0 && value !== false && value !== '0,0,0,0'

/** Flags that MP4 has no place for that players read. */
const FLAGS = [
  'flag_hearing_impaired',
  'flag_visual_impaired',
  'flag_text_descriptions',
  'flag_original',
  'flag_commentary',
  'forced_track'
]

function lostInMp4(header: PictureHeader): string[] {
  const language = String(header['language_ietf'] ?? '')
  const flags = FLAGS.filter((flag) => header[flag] === true)
  return [
    ...(isSet(header['cropping']) ? ['The cropping of the picture is not kept in .mp4; name an .mkv to keep it.'] : []),
    ...(language.includes('-')
      ? [`The video's language ${language} loses its region in .mp4; name an .mkv to keep it.`]
      : []),
    ...(flags.length > 0 ? ['Flags of the video track are not kept in .mp4; name an .mkv to keep them.'] : [])
  ]
}

/** Properties of the video that a container cannot hold as the source does, as sentences for the user. */
export function headerLosses(
  header: PictureHeader,
  matrix: DisplayMatrix | undefined,
  container: Container
): readonly string[] {
  if (container === 'mp4') return lostInMp4(header)
  if (matrix === undefined || !isMirrored(matrix)) return []
  return [
    `The source's container mirrors the picture. In .${container} only newer players mirror it (those with ffmpeg 6.1 or later); name an .mp4 for the others.`
  ]
}
