import { answerStays } from '../kept-gzip.ts'
import type { Context, TypedResponse } from 'hono'

/** A JSON answer that was made before and stays; the caller knows what is in it. */
export function jsonBytes<Data>(
  c: Context,
  bytes: Uint8Array<ArrayBuffer>
): Response & TypedResponse<Data, 200, 'json'> {
  answerStays(c.req.raw, bytes)
  const answer = new Response(bytes, { headers: { 'Content-Type': 'application/json; charset=utf-8' } })
  return answer as Response & TypedResponse<Data, 200, 'json'>
}
