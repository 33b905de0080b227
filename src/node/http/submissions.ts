import { dirname } from 'node:path'
import { ApiRefusal } from '../../api/refusal.ts'
import { SubmitError } from '../owner/submit-error.ts'
import { resolveInput, resolveOutput } from './media-paths.ts'
import type { SubmitRequest } from '../../api/schemas/index.ts'
import type { SubmitOptions } from '../owner/submit.ts'

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

interface FoundInput {
  readonly path: string | undefined
  readonly isUpload: boolean
}

export function createSubmissions({ uploadPath }: SubmissionsComponents, { media }: SubmissionsInit): Submissions {
  async function findInput(input: string, trusted: boolean): Promise<FoundInput> {
    const upload = await uploadPath(input)
    return { path: upload ?? (await resolveInput(input, media, trusted)), isUpload: upload != null }
  }

  async function resolved(request: SubmitRequest, found: FoundInput, trusted: boolean): Promise<SubmitOptions> {
    const { output, ...options } = request
    const { path: input = '', isUpload } = found
    // A user who sent a film may have the finished one made beside it.
    const roots = isUpload ? [...media, dirname(input)] : media
    return {
      ...options,
      input,
      ...(output == null ? {} : { output: await resolveOutput(output, input, roots, trusted) })
    }
  }

  return async (requests, trusted) => {
    const inputs = await Promise.all(
      requests.map(async (request) => ({ request, found: await findInput(request.input, trusted) }))
    )
    const missing = inputs.filter(({ found }) => found.path == null).map(({ request }) => request.input)
    if (missing.length > 0)
      throw new ApiRefusal('not-found', 404, `Input files not found: ${missing.join(',')}`, { field: 'input' })
    return Promise.all(inputs.map(async ({ request, found }) => resolved(request, found, trusted)))
  }
}

/** What the owner refused, for the API; other errors as they are. */
export const submitRefusal = (error: unknown): unknown =>
  error instanceof SubmitError
    ? new ApiRefusal(error.code, 400, error.message, { field: error.field, cause: error })
    : error
