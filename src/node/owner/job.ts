import type { SourceInfo } from '../../encode/index.ts'
import { encodedSource, parsePicture, pictureFilters, type PictureFilters } from '../../encode/rules/index.ts'
import type { GivenChoices } from './film-choices.ts'
import type { OwnedJob } from './kept-job.ts'

export type { OwnedJob } from './kept-job.ts'

/** What becomes of a source's picture. */
export interface PictureOfJob {
  /** Undefined where it is encoded as it is. */
  readonly filters: PictureFilters | undefined
  /** The source with the picture that is encoded. */
  readonly encoded: SourceInfo
}

/** What was said, and what was found where it was left to the owner. */
type PictureChoices = GivenChoices & Pick<OwnedJob, 'foundCrop'>

/** @throws ParamsError `bad-picture` for choices that do not fit the source */
export function pictureOf(choices: PictureChoices, source: SourceInfo): PictureOfJob {
  const crop = choices.crop === 'auto' ? choices.foundCrop : choices.crop
  const shown = choices.deinterlace === true ? { ...source, fieldOrder: undefined } : source
  const filters = pictureFilters(parsePicture({ ...choices, crop }), shown)
  return { filters, encoded: encodedSource(shown, filters) }
}

/** What of a job decides which scenes there are. */
export const sceneSearchOf = (job: OwnedJob) => ({
  source: job.source,
  scenes: job.scenes,
  range: job.range,
  cuts: job.cuts,
  zones: job.zones,
  sample: job.sample,
  expectedFrames: job.frames,
  deinterlace: job.deinterlace === true,
  picture: pictureOf(job, job.source).filters
})

/** Parameters of a scene of its own, by the zone that it lies in; empty where it has none. */
export const zoneParams = ({ zones }: OwnedJob, zone: number | undefined): string =>
  zone === undefined ? '' : (zones?.[zone]?.params ?? '')
