/** Endings of files that ffmpeg is likely to find a video in. */
const ENDINGS = new Set(
  'mkv mk3d webm mp4 m4v mov qt avi ts m2ts mts m2t mpg mpeg m2v mpv vob ogv ogm flv f4v wmv asf rm rmvb 3gp 3g2 mj2 mxf gxf nut y4m ivf obu dv divx h264 264 hevc 265'.split(
    ' '
  )
)

/** Whether a file is called like a video. What is hidden is not. */
export function isVideoName(name: string): boolean {
  const [, ending = ''] = /^[^.].*\.([^.]+)$/.exec(name) ?? []
  return ENDINGS.has(ending.toLowerCase())
}

/** Natural order: `2` before `10`. */
export const { compare: byName } = new Intl.Collator('en', { numeric: true })
