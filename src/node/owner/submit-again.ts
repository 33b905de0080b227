import type { SubmitRequest } from '../../api/schemas/index.ts'
import type { Position } from '../../encode/rules/index.ts'
import { positionText, streamWords } from '../../encode/rules/index.ts'
import type { ProjectView } from '../../swarm/protocol/index.ts'
import { givenChoices } from './film-choices.ts'
import type { OwnedJob } from './kept-job.ts'

const wordOf = (position: Position): string =>
  position.type === 'frame' ? String(position.frame) : positionText(position)

const orNothing = (position: Position | undefined): string => (position === undefined ? '' : wordOf(position))

const partOf = ({ range }: OwnedJob): string | undefined =>
  range === undefined ? undefined : `${orNothing(range.from)}-${orNothing(range.to)}`

/** The submission that makes the same film again, without an output: the file of the first is there. Zones come with all their parameters. */
export function submitAgain(job: OwnedJob, { announce, priority }: ProjectView): SubmitRequest {
  const { source, scenes, streams, zones, cuts } = job
  const wished: { [Name in keyof SubmitRequest]: SubmitRequest[Name] | undefined } = {
    input: source.path,
    videoTrack: job.videoTrack,
    encoder: announce.encoder,
    encoderParams: announce.encoderParams === '' ? undefined : announce.encoderParams,
    builds: announce.builds === 'same' ? undefined : announce.builds,
    priority: priority === 0 ? undefined : priority,
    minFrames: scenes.minFrames,
    maxFrames: scenes.maxFrames,
    threshold: scenes.threshold,
    range: partOf(job),
    cuts: cuts?.map(wordOf),
    zones: zones?.map(({ start, end, params }) => ({
      start: wordOf(start),
      end: end === undefined ? -1 : wordOf(end),
      reset: true,
      // None stand for the project's own.
      params: params === '' ? announce.encoderParams : params
    })),
    ...(streams === undefined ? {} : streamWords(streams)),
    ...givenChoices(job),
    measure: job.measure,
    // It was allowed, or there would be no film.
    allowLoss: (source.lost ?? []).length > 0 ? true : undefined,
    proofs: job.proofs === undefined ? undefined : `${Number((job.proofs * 100).toFixed(4))}%`
  }
  const given = Object.entries(wished).filter(([, value]) => value !== undefined)
  return { input: source.path, encoder: announce.encoder, ...Object.fromEntries(given) }
}
