import { anySignal } from '../../../common/any-signal.ts'
import { uploadStatus, type UploadStatus } from '../../../api/schemas/index.ts'
import { CliError } from '../errors.ts'
import { type CallOptions, createAsker } from '../http-ask.ts'

/** How far an upload is. */
export interface UploadStand {
  readonly offset: number
  readonly metadata: Readonly<Record<string, string>>
}

export interface NewUpload {
  readonly bytes: number
  readonly metadata: Readonly<Record<string, string>>
}

/** The uploads of a node (tus 1.0.0). Every call throws `ApiError` when the node refuses and `CliError` with `no-node` when it does not answer. */
export interface UploadClient {
  readonly url: string
  readonly list: (options: CallOptions) => Promise<readonly UploadStatus[]>
  readonly one: (id: string, options: CallOptions) => Promise<UploadStatus>
  /** @returns its id. Refused where the node has no room for all of it */
  readonly begin: (upload: NewUpload, options: CallOptions) => Promise<string>
  readonly stand: (id: string, options: CallOptions) => Promise<UploadStand>
  /** Sends the bytes from an offset on. @returns the offset after them */
  readonly send: (id: string, offset: number, piece: Uint8Array<ArrayBuffer>, options: CallOptions) => Promise<number>
  readonly remove: (id: string, options: CallOptions) => Promise<void>
}

const TUS = { 'tus-resumable': '1.0.0' }
/** A connection that says nothing for this long is lost. */
const REQUEST_MS_MAX = 60_000

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const metadataText = (metadata: NewUpload['metadata']): string =>
  Object.entries(metadata)
    .map(([key, value]) => `${key} ${base64(value)}`)
    .join(',')

function metadataOf(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => pair.trim().split(' '))
  return Object.fromEntries(pairs.map(([key = '', value = '']) => [key, Buffer.from(value, 'base64').toString()]))
}

export function createUploadClient({ url, token }: { url: string; token: string | undefined }): UploadClient {
  const uploads = `${url}/api/v2/uploads`
  const { open, parse } = createAsker(url)
  const bad = (): CliError =>
    new CliError('bad-answer', `The program that answers at ${url} does not take uploads as grav1 does.`)

  async function request(path: string, init: RequestInit, { signal }: CallOptions): Promise<Response> {
    const timeout = AbortSignal.timeout(REQUEST_MS_MAX)
    const until = signal === undefined ? timeout : anySignal([signal, timeout])
    const headers = {
      ...TUS,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(init.headers as Record<string, string> | undefined)
    }
    return open(async () => fetch(uploads + path, { ...init, headers, redirect: 'error', signal: until }))
  }

  function offsetIn(response: Response): number {
    const offset = Number(response.headers.get('upload-offset') ?? Number.NaN)
    if (Number.isSafeInteger(offset) && offset >= 0) return offset
    throw bad()
  }

  return {
    url,
    list: async (options) => parse(uploadStatus.array(), await (await request('', {}, options)).text()),
    one: async (id, options) => parse(uploadStatus, await (await request(`/${id}`, {}, options)).text()),
    begin: async ({ bytes, metadata }, options) => {
      const headers = { 'upload-length': String(bytes), 'upload-metadata': metadataText(metadata) }
      const response = await request('', { method: 'POST', headers }, options)
      await response.body?.cancel()
      const id = /[0-9a-f]{32}$/.exec(response.headers.get('location') ?? '')?.[0]
      if (id === undefined) throw bad()
      return id
    },
    stand: async (id, options) => {
      const response = await request(`/${id}`, { method: 'HEAD' }, options)
      return { offset: offsetIn(response), metadata: metadataOf(response.headers.get('upload-metadata') ?? '') }
    },
    send: async (id, offset, body, options) => {
      const headers = { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' }
      const response = await request(`/${id}`, { method: 'PATCH', headers, body }, options)
      await response.body?.cancel()
      return offsetIn(response)
    },
    remove: async (id, options) => {
      await (await request(`/${id}`, { method: 'DELETE' }, options)).body?.cancel()
    }
  }
}
