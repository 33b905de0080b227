import { answerOf, api, NodeRefusal } from '../api.ts'
import { sentenceOf } from '../ui/toasts.tsx'
import { fieldOf, type Errors } from './fields.ts'
import type { DryRun, SubmitRequest } from '../../../src/api/schemas/index.ts'

/** What the node refused, at the field that it is about. */
export function errorsOf(error: unknown): Errors {
  if (!(error instanceof NodeRefusal)) return { form: sentenceOf(error) }
  return { [fieldOf(error.field)]: error.message }
}

/** @throws NodeRefusal */
export async function submit(json: SubmitRequest): Promise<{ projectId: string; warnings: readonly string[] }> {
  return answerOf(await api.projects.$post({ json }))
}

/** What a submission would become; `withScenes` has the source analysed, which takes as long as it is. */
export async function dryRun(request: SubmitRequest, withScenes: boolean, signal: AbortSignal): Promise<DryRun> {
  const response = await api['dry-run'].$post(
    { json: request, query: { scenes: withScenes ? '1' : '0' } },
    { init: { signal } }
  )
  return answerOf(response)
}
