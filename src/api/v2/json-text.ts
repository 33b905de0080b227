import type { TypedResponse } from 'hono'

/** An answer of JSON that was made before; whoever calls it knows what is in it. */
export function jsonText<Data>(text: string): Response & TypedResponse<Data, 200, 'json'> {
  const answer = new Response(text, { headers: { 'Content-Type': 'application/json; charset=utf-8' } })
  return answer as Response & TypedResponse<Data, 200, 'json'>
}
