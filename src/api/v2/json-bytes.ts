import type { TypedResponse } from 'hono'

/** A JSON answer that was made before; the caller knows what is in it. */
export function jsonBytes<Data>(bytes: Uint8Array<ArrayBuffer>): Response & TypedResponse<Data, 200, 'json'> {
  const answer = new Response(bytes, { headers: { 'Content-Type': 'application/json; charset=utf-8' } })
  return answer as Response & TypedResponse<Data, 200, 'json'>
}
