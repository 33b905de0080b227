import { anySignal } from '../../common/any-signal.ts'

/** Descriptions of routers have some 10 KiB. */
const BYTES_MAX = 256 * 1024
const WAIT_MS = 5000

export interface RouterAnswer {
  readonly status: number
  readonly body: string
}

/** One HTTP request to a router, which sends no one elsewhere. @throws Error without an answer in time, and for one that is too long */
export async function askRouter(
  url: URL,
  request: { readonly method: 'GET' | 'POST'; readonly headers?: Record<string, string>; readonly body?: string },
  signal: AbortSignal
): Promise<RouterAnswer> {
  const response = await fetch(url, {
    ...request,
    redirect: 'error',
    signal: anySignal([signal, AbortSignal.timeout(WAIT_MS)])
  })
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > BYTES_MAX) throw new Error('the answer of the router is too long')
    chunks.push(chunk)
  }
  return { status: response.status, body: Buffer.concat(chunks).toString() }
}
