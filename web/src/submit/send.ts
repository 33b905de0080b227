import { answerOf, api, NodeRefusal } from '../api.ts'
import { plural } from '../format.ts'
import { sentenceOf } from '../ui/toasts.tsx'
import { fieldOf, type ChosenFilm, type Errors } from './fields.ts'
import type { DryRun, SubmitRequest } from '../../../src/api/schemas/index.ts'

/** What the node refused, at the field that it is about. */
export function errorsOf(error: unknown): Errors {
  if (!(error instanceof NodeRefusal)) return { form: sentenceOf(error) }
  return { [fieldOf(error.field)]: error.message }
}

export interface Submitted {
  readonly projectId: string
  readonly warnings: readonly string[]
}

export interface Refused {
  readonly request: SubmitRequest
  readonly error: unknown
}

/** Submits films one after the other; one that is refused stops none of the others. */
export async function submitAll(
  requests: readonly SubmitRequest[]
): Promise<{ readonly submitted: readonly Submitted[]; readonly refused: readonly Refused[] }> {
  const submitted: Submitted[] = []
  const refused: Refused[] = []
  for (const request of requests) {
    try {
      submitted.push(await answerOf(await api.projects.$post({ json: request })))
    } catch (error) {
      refused.push({ request, error })
    }
  }
  return { submitted, refused }
}

/** Which of several films were refused and why, a line each. */
export function refusalsText(films: readonly ChosenFilm[], taken: number, refused: readonly Refused[]): string {
  const nameOf = ({ input }: SubmitRequest): string => films.find((film) => film.input === input)?.name ?? input
  const lines = refused.map(({ request, error }) => `${nameOf(request)}: ${sentenceOf(error)}`)
  return [`${taken} of ${plural(taken + refused.length, 'film')} submitted; these were refused:`, ...lines].join('\n')
}

/** What a submission would become; `withScenes` has the source analysed, which takes as long as it is. */
export async function dryRun(request: SubmitRequest, withScenes: boolean, signal: AbortSignal): Promise<DryRun> {
  const response = await api['dry-run'].$post(
    { json: request, query: { scenes: withScenes ? '1' : '0' } },
    { init: { signal } }
  )
  return answerOf(response)
}
