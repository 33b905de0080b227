/** A run of frames of one natural clip without a cut in it. */
export interface Shot {
  /** Which of the source clips. */
  readonly source: number
  /** First frame in the source. */
  readonly start: number
  readonly frames: number
}

/** One scene of the montage. */
export interface PlannedScene {
  readonly source: number
  /** First frame in the source. */
  readonly start: number
  readonly frames: number
  /** 0: the picture as it is; 1: mirrored and zoomed in, so that a second use is another picture. */
  readonly variant: 0 | 1
}

/** Frames of scenes, over and over; all above the shortest scene that grav1 plans by default (24). */
const sceneFrames = [44, 30, 38, 52, 28, 48, 34, 60, 32, 40] as const
const sceneFramesMin = 26

/** Where the scenes of a montage of `frames` frames start: 0 and the cuts. */
export function planCuts(frames: number): number[] {
  const starts = [0]
  for (let scene = 0; ; scene += 1) {
    const next = (starts.at(-1) ?? 0) + (sceneFrames[scene % sceneFrames.length] ?? 0)
    if (next > frames - sceneFramesMin) return starts
    starts.push(next)
  }
}

/** Fills the scenes from the shots in turn, going on in each shot where it was left, so that every cut is a change of picture. */
export function planScenes(starts: readonly number[], frames: number, shots: readonly Shot[]): PlannedScene[] {
  const used = shots.map(() => ({ at: 0, variant: 0 as 0 | 1 }))
  let turn = 0
  return starts.map((start, scene) => {
    const wanted = (starts[scene + 1] ?? frames) - start
    if (wanted < 1) throw new Error(`scene ${scene} has ${wanted} frames: cuts must rise and lie within the clip`)
    for (let tries = 0; tries < shots.length; tries += 1) {
      const index = turn % shots.length
      turn += 1
      const [shot, use] = [shots[index], used[index]]
      if (shot === undefined || use === undefined || shot.frames < wanted) continue
      if (use.at + wanted > shot.frames) Object.assign(use, { at: 0, variant: use.variant === 0 ? 1 : 0 })
      const planned = { source: shot.source, start: shot.start + use.at, frames: wanted, variant: use.variant }
      use.at += wanted
      return planned
    }
    throw new Error(`no clip has ${wanted} frames without a cut`)
  })
}

const srtTime = (ms: number): string => {
  const pad = (value: number, digits = 2) => String(value).padStart(digits, '0')
  const seconds = Math.floor(ms / 1000)
  return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)},${pad(ms % 1000, 3)}`
}

/** A subtitle for each scene. */
export function subtitles(starts: readonly number[], frames: number, fps: number): string {
  const ms = (frame: number) => Math.round((1000 * frame) / fps)
  const cues = starts.map((start, scene) => {
    const end = starts[scene + 1] ?? frames
    return `${scene + 1}\n${srtTime(ms(start))} --> ${srtTime(ms(end))}\nscene ${scene + 1}, frames ${start} to ${end - 1}\n`
  })
  return cues.join('\n')
}

/** A chapter for every fourth scene, in ffmpeg's metadata format. */
export function chapters(starts: readonly number[], frames: number, fps: number): string {
  const heads = starts.filter((_, scene) => scene % 4 === 0)
  const ms = (frame: number) => Math.round((1000 * frame) / fps)
  const parts = heads.map((start, chapter) => {
    const end = heads[chapter + 1] ?? frames
    return `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${ms(start)}\nEND=${ms(end)}\ntitle=Chapter ${chapter + 1}`
  })
  return [';FFMETADATA1', 'title=grav1 demo clip', ...parts, ''].join('\n')
}
