/** What the check of a finished film compared. */
export interface FilmCheck {
  readonly frames: number
  /** The largest difference of a frame's time, in milliseconds. */
  readonly frameOffMs: number
  readonly tracks: readonly CheckedTrack[]
  readonly chapters: number
  /** Tags of the film and of its tracks. */
  readonly tags: number
  readonly attachments: number
  /** Properties of the picture and words of the other tracks. */
  readonly properties: number
}

export interface CheckedTrack {
  readonly type: 'audio' | 'subtitle'
  /** ffmpeg's names of its codec, in the source and in the film. */
  readonly codec: string
  readonly becomes: string
  readonly packets: number
  /** What was compared: the bytes and the time of each packet, its time, or beginning and end; of damaged sound most times. */
  readonly by: 'bytes' | 'times' | 'ends' | 'most times'
  /** The largest difference of a packet's time, in milliseconds. */
  readonly offMs: number
}
