import { SCENE_DECODERS } from '../programs/decoders.ts'

/** ffmpeg's input options for an untrusted IVF file: ffmpeg reports all damage. */
export const segmentInput = (file: string): string[] => [
  '-protocol_whitelist',
  'pipe,file',
  '-format_whitelist',
  'ivf',
  '-codec_whitelist',
  SCENE_DECODERS,
  '-err_detect',
  'explode',
  // Grain is put on the picture by the player: without it the picture is like its source.
  '-export_side_data',
  'film_grain',
  '-f',
  'ivf',
  '-i',
  `file:${file}`
]
