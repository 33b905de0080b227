import type { Problem } from '../schemas/index.ts'

/** By the status that the tus library, or this node, refuses with. */
const CODES: Readonly<Record<number, string>> = {
  400: 'bad-request',
  404: 'unknown-upload',
  409: 'not-now',
  410: 'unknown-upload',
  412: 'not-tus',
  413: 'too-large',
  507: 'no-room'
}

/** What the tus library refuses as every other call does: it has plain text only. */
export async function withProblem(answer: Response): Promise<Response> {
  if (answer.status < 400) return answer
  const code = CODES[answer.status] ?? 'upload-failed'
  const said = (await answer.text()).trim()
  const body: Problem = {
    type: 'about:blank',
    title: code,
    status: answer.status,
    detail: said === '' ? 'There is no such upload, or it was removed.' : said,
    code
  }
  const headers = new Headers(answer.headers)
  headers.delete('content-length')
  headers.set('content-type', 'application/problem+json')
  return new Response(JSON.stringify(body), { status: answer.status, headers })
}
