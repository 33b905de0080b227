/** A video track of a source, as far as it matters for which of them is the film. */
export interface VideoTrack {
  /** Its stream, as ffprobe counts. */
  readonly index: number
  readonly codec: string
  readonly width: number
  readonly height: number
  /** May be empty. */
  readonly title: string
  /** The container says that it is a cover, a thumbnail or a still image. */
  readonly isMarked: boolean
  /** Presentation times of its first packets, in seconds; empty if they were not read. */
  readonly timesSeconds: readonly number[]
}

/** The track that is encoded, or why there is none. */
export type TrackChoice =
  | { readonly type: 'track'; readonly track: VideoTrack; readonly notes: readonly string[] }
  | { readonly type: 'none' }
  | { readonly type: 'refused'; readonly reason: string }

/** A film has at least one frame in this many seconds; a slide show is not the film if there is another track. */
const FRAME_SECONDS_MAX = 1

/** A single packet where a film has many, or so few that they are slides. */
function isStill({ timesSeconds: times }: VideoTrack): boolean {
  if (times.length < 2) return times.length === 1
  const seconds = Math.max(...times) - Math.min(...times)
  return seconds / (times.length - 1) > FRAME_SECONDS_MAX
}

const isPicture = (track: VideoTrack): boolean => track.isMarked || isStill(track)

/** Tracks by their numbers, from 1. */
type Numbered = readonly [number: number, track: VideoTrack]

function called([number, { codec, width, height, title }]: Numbered): string {
  const name = title === '' ? '' : `, ${JSON.stringify(title.slice(0, 60))}`
  return `track ${number} (${codec === '' ? 'unknown' : codec}, ${width}x${height}${name})`
}

const listed = (tracks: readonly Numbered[]): string => tracks.map(called).join(', ')

const are = (tracks: readonly Numbered[]): string => (tracks.length === 1 ? 'is' : 'are')

function notesOf(chosen: Numbered, all: readonly Numbered[], isAsked: boolean): string[] {
  const others = all.filter((one) => one !== chosen)
  const films = others.filter(([, track]) => !isPicture(track))
  // The loss of tracks that the container marks is reported elsewhere.
  const pictures = others.filter(([, track]) => isPicture(track) && !track.isMarked)
  const what = pictures.length === 1 ? 'only a picture' : 'only pictures'
  const choice = isAsked ? '' : '; --video-track chooses another'
  return [
    ...(pictures.length === 0
      ? []
      : [`Video ${listed(pictures)} ${are(pictures)} ${what} and not kept; ${called(chosen)} is encoded.`]),
    ...(films.length === 0
      ? []
      : [
          `The source has ${films.length + 1} video tracks: ${called(chosen)} is encoded, ${listed(films)} ${are(films)} not kept${choice}.`
        ])
  ]
}

/**
 * Which of a source's video tracks is the film: the one that is asked for, otherwise the first that is not a picture, otherwise the first that is not marked as one. Tracks count from 1 in
 * the order of the file, pictures among them: number n is ffmpeg's `v:n-1`.
 */
export function chooseVideoTrack(tracks: readonly VideoTrack[], wanted: number | undefined): TrackChoice {
  const all = tracks.map((track, n): Numbered => [n + 1, track])
  if (wanted !== undefined && tracks.length > 0) {
    const asked = all[wanted - 1]
    if (asked === undefined)
      return {
        type: 'refused',
        reason: `There is no video track ${wanted}; the source has ${listed(all)}: choose one with --video-track`
      }
    if (asked[1].isMarked)
      return {
        type: 'refused',
        reason: `Video ${called(asked)} is a picture, not a film: choose another with --video-track`
      }
    return { type: 'track', track: asked[1], notes: notesOf(asked, all, true) }
  }
  const unmarked = all.filter(([, track]) => !track.isMarked)
  const chosen = unmarked.find(([, track]) => !isPicture(track)) ?? unmarked[0]
  if (chosen === undefined) return { type: 'none' }
  return { type: 'track', track: chosen[1], notes: notesOf(chosen, all, false) }
}
