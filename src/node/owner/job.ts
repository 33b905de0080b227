import type { OwnedJob } from './kept-job.ts'

export type { OwnedJob } from './kept-job.ts'

/** What of a job decides which scenes there are. */
export const sceneSearchOf = (job: OwnedJob) => ({
  source: job.source,
  scenes: job.scenes,
  range: job.range,
  cuts: job.cuts,
  zones: job.zones,
  sample: job.sample,
  expectedFrames: job.frames,
  deinterlace: job.deinterlace === true
})

/** Parameters of a scene of its own, by the zone that it lies in; empty where it has none. */
export const zoneParams = ({ zones }: OwnedJob, zone: number | undefined): string =>
  zone === undefined ? '' : (zones?.[zone]?.params ?? '')
