import { dirname, parse } from 'node:path'
import { ApiRefusal } from '../../api/refusal.ts'
import { ENCODERS } from '../../encode/rules/index.ts'
import { SubmitError } from '../owner/submit-error.ts'
import { defaultName } from '../owner/submit-output.ts'
import { resolveInput, resolveOutput, type ResolvedInput } from './media-paths.ts'
import type { SubmitRequest } from '../../api/schemas/index.ts'
import type { SubmitOptions } from '../owner/submit-wish.ts'

export interface SubmissionsComponents {
  /** Path of a finished upload that an `input` names. */
  readonly uploadPath: (input: string) => Promise<string | undefined>
}

export interface SubmissionsInit {
  /** Folders that callers without the token may name. */
  readonly media: readonly string[]
}

/** Requests with absolute paths, where the caller may name these. @throws ApiRefusal */
export type Submissions = (requests: readonly SubmitRequest[], trusted: boolean) => Promise<SubmitOptions[]>

/** As the default output has it. One that nobody knows the owner refuses. */
function encoderName(given: string): string {
  const wanted = given.trim().toLowerCase()
  return (
    Object.values(ENCODERS).find(({ name, aliases }) => name === wanted || aliases.includes(wanted))?.name ?? wanted
  )
}

/** A name such as `{stem}.{encoder}.mkv` for one film. */
export const filledIn = (
  output: string,
  { named, encoder }: { readonly named: string; readonly encoder: string }
): string => output.replaceAll('{stem}', () => parse(named).name).replaceAll('{encoder}', () => encoder)

interface FoundInput {
  readonly found: ResolvedInput | undefined
  readonly isUpload: boolean
}

export function createSubmissions({ uploadPath }: SubmissionsComponents, { media }: SubmissionsInit): Submissions {
  async function findInput(input: string, trusted: boolean): Promise<FoundInput> {
    const upload = await uploadPath(input)
    if (upload != null) return { found: { path: upload, named: upload }, isUpload: true }
    return { found: await resolveInput(input, media, trusted), isUpload: false }
  }

  async function resolved(
    { output, ...request }: SubmitRequest,
    { path, named }: ResolvedInput,
    isUpload: boolean,
    trusted: boolean
  ): Promise<SubmitOptions> {
    // An upload has all its bytes, or it has no path.
    const options = isUpload ? { ...request, isComplete: true } : request
    // A user who sent a film may have the finished one made beside it.
    const roots = isUpload ? [...media, dirname(path)] : media
    if (output == null) return { ...options, input: path, named }
    const film = { named, encoder: encoderName(options.encoder), sample: options.sample }
    const place = { input: named, fileName: defaultName(film), media: roots, trusted }
    return { ...options, input: path, named, output: await resolveOutput(filledIn(output, film), place) }
  }

  return async (requests, trusted) => {
    const inputs = await Promise.all(
      requests.map(async (request) => ({ request, ...(await findInput(request.input, trusted)) }))
    )
    const missing = inputs.filter(({ found }) => found == null).map(({ request }) => request.input)
    if (missing.length > 0)
      throw new ApiRefusal('not-found', 404, `Input files not found: ${missing.join(',')}`, { field: 'input' })
    return Promise.all(
      inputs.flatMap(({ request, found, isUpload }) =>
        found == null ? [] : [resolved(request, found, isUpload, trusted)]
      )
    )
  }
}

/** What the owner refused, for the API; other errors as they are. */
export const submitRefusal = (error: unknown): unknown =>
  error instanceof SubmitError
    ? new ApiRefusal(error.code, 400, error.message, { field: error.field, cause: error })
    : error
