import { stat } from 'node:fs/promises'
import { flagOf } from '../../api/submit/options.ts'
import { checkSource } from './source-identity.ts'
import { differingFields, filmOfJob, filmOfOptions, withoutFrames } from './same-film.ts'
import { SubmitError, type SubmitField } from './submit-error.ts'
import { announceWish, filmAsked, type AnnouncedWish } from './submit.ts'
import { checkWish, type SubmitOptions } from './submit-wish.ts'
import type { OwnedJob } from './job.ts'
import type { FoundEncoders } from '../../encode/index.ts'

/** A project of this node that makes a file, or has made it. */
export interface OutputHolder {
  readonly projectId: string
  readonly announced: AnnouncedWish
  /** Bytes of the finished file; undefined while it is not finished. */
  readonly finishedBytes: number | undefined
  /** Of one whose source was looked at, with the number of its frames once all of it was analysed; otherwise what was asked for. */
  readonly of:
    | { readonly type: 'job'; readonly job: OwnedJob; readonly sourceFrames: number | undefined }
    | { readonly type: 'waits'; readonly options: SubmitOptions }
}

export const isUnfinished = (holder: OutputHolder | undefined): holder is OutputHolder =>
  holder !== undefined && holder.finishedBytes === undefined

/** The fields in which a submission asks for another film than the holder of its output makes. @throws SubmitError where it is refused whatever is made already */
export async function differsFrom(
  { of, announced }: OutputHolder,
  options: SubmitOptions,
  found: FoundEncoders,
  signal: AbortSignal
): Promise<readonly SubmitField[]> {
  if (of.type === 'waits') {
    const asked = filmOfOptions(options, announceWish(options, checkWish(options, found)))
    return withoutFrames(differingFields(asked, filmOfOptions(of.options, announced)), options, undefined)
  }
  const { job } = of
  const differing = differingFields(await filmAsked(options, found, signal), filmOfJob(job, announced))
  const fields = withoutFrames(differing, options, of.sourceFrames)
  if (fields.length > 0) return fields
  const isSame = await checkSource(job.source, job.sourceSamples).then(
    () => true,
    () => false
  )
  return isSame ? [] : ['input']
}

function whatDiffers(fields: readonly SubmitField[], { announced }: OutputHolder): string {
  if (fields.includes('input')) return 'from another source'
  if (fields.includes('encoder')) return `with another encoder (${announced.encoderBuild})`
  const flags = fields.map((field) => flagOf(field) ?? field).join(', ')
  return `with another ${flags}${fields.includes('encoderParams') ? ` (${announced.encoderParams})` : ''}`
}

/** Why a submission cannot have its output, and what to do. */
export function outputTaken(output: string, holder: OutputHolder, fields: readonly SubmitField[]): SubmitError {
  const { projectId } = holder
  const message =
    `project ${projectId} already writes ${output}, ${whatDiffers(fields, holder)}: --restart cancels it and starts over, ` +
    `"grav1 cancel ${projectId}" only cancels it, and another --output makes both films`
  return new SubmitError('output-taken', message, { field: 'output' })
}

/** Whether the finished file of a holder still lies there. */
export async function isStillThere(output: string, { finishedBytes }: OutputHolder): Promise<boolean> {
  const file = await stat(output).catch(() => undefined)
  return file?.isFile() === true && file.size === finishedBytes
}
