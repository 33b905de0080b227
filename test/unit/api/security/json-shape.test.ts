import { expect, test } from 'vitest'
import { shapeFault } from '../../../../src/api/security/json-shape.ts'
import { createApiBench } from '../../../fixtures/api-bench.ts'
import { randomFrom } from '../../../fixtures/mutations.ts'

const faultOf = (text: string): string | undefined => shapeFault(Buffer.from(text))

test.for([
  ['lists', '['.repeat(33), /32 deep/],
  ['lists in objects', '{"a":['.repeat(17), /32 deep/],
  ['very deep lists', '['.repeat(500_000), /32 deep/],
  ['many values', `[${'1,'.repeat(150_000)}1]`, /150000 values/],
  ['many names', `{${'"a":1,'.repeat(80_000)}}`, /150000 values/]
] as const)('%s are refused', ([, text, fault]) => {
  expect(faultOf(text)).toMatch(fault)
})

test.for([
  ['32 lists', `${'['.repeat(32)}${']'.repeat(32)}`],
  ['lists beside each other', `[${'[],'.repeat(50_000)}[]]`],
  ['brackets in a text', JSON.stringify({ a: '['.repeat(1000) })],
  ['quotes in a text', JSON.stringify({ a: `"${'['.repeat(100)}\\` })],
  ['no JSON', '"never ends'],
  ['nothing', '']
] as const)('%s are not', ([, text]) => {
  expect(faultOf(text)).toBeUndefined()
})

const post = async (path: string, body: string) => {
  const bench = createApiBench([{}])
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length) }
  const answer = await bench.request(path, { method: 'POST', headers, body })
  return { status: answer.status, text: await answer.text(), errors: bench.errors }
}

const PATHS = ['/api/add_project', '/api/v2/projects', '/api/v2/control']
const TRICKS: Readonly<Record<string, string>> = {
  depth: `{"input":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
  keys: `{${'"input":"a",'.repeat(80_000)}"encoder":"aom"}`,
  prototype: '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"input":"/a.mkv"}',
  twice: '{"input":"/a.mkv","input":{"toString":1}}',
  numbers: '{"input":"/a.mkv","encoder":"aom","priority":1e999}',
  halves: '{"input":"\\ud800"}',
  nothing: '{"input":"/a.mkv"',
  large: JSON.stringify({ input: 'a'.repeat(1_000_000) })
}

const REFUSED = new Set(['depth', 'keys', 'nothing'])

test.for(PATHS.flatMap((path) => Object.keys(TRICKS).map((trick) => [path, trick] as const)))(
  '%s: %s is no fault of the node, and changes no prototype',
  async ([path, trick]) => {
    const { status, text, errors } = await post(path, TRICKS[trick] ?? '')
    // A form of which any part may be missing takes the others for a submission.
    expect(status).toBeGreaterThanOrEqual(REFUSED.has(trick) ? 400 : 200)
    expect(status).toBeLessThan(500)
    expect(errors).toEqual([])
    expect(JSON.parse(text)).toBeTypeOf('object')
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined()
  }
)

test('whatever is cut out of a body or put into it, the answer is no fault of the node', async () => {
  const whole =
    '{"input":"/films/a.mkv","encoder":"aom","encoderParams":"--cpu-used=6","priority":1,"zones":[{"from":0,"to":9}]}'
  const pieces = ['[', '{', '"', '\\', '\u0000', '1e999', '"__proto__":', ',', ':', '[[[[', 'null', '\ud800']
  const random = randomFrom(20_261_130)
  for (let run = 0; run < 150; run += 1) {
    const at = Math.floor(random() * whole.length)
    const piece = pieces[Math.floor(random() * pieces.length)] ?? ''
    const body = `${whole.slice(0, at)}${piece.repeat(1 + Math.floor(random() * 40))}${whole.slice(at + Math.floor(random() * 3))}`
    const { status, errors } = await post(PATHS[run % PATHS.length] ?? '', body)
    expect(errors, body).toEqual([])
    expect(status, body).toBeLessThan(500)
  }
})
