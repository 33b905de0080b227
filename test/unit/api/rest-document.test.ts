import { expect, test } from 'vitest'
import { createApiBench } from '../../fixtures/api-bench.ts'
import { isOfType, readRestDocument } from '../../fixtures/rest-document.ts'

const { calls, structs } = await readRestDocument()

test('the document is read whole', () => {
  expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /api/get_projects',
    'POST /api/add_project',
    'POST /api/modify_project/<projectid>',
    'POST /api/delete_project/<projectid>',
    'GET /scene/<projectid>/<scene>'
  ])
  expect(Object.entries(structs).map(([name, fields]) => [name, fields.length])).toEqual([
    ['Project', 13],
    ['Scene', 3]
  ])
  expect(
    calls.map(({ body, answer, bodyExamples, answerExamples }) => [
      body.length,
      answer.length,
      bodyExamples.length,
      answerExamples.length
    ])
  ).toEqual([
    [0, 0, 0, 1],
    [6, 2, 1, 2],
    [1, 2, 0, 2],
    [0, 2, 0, 2],
    [0, 0, 0, 0]
  ])
})

test('every documented call is there with its method, and with no other', async () => {
  for (const { method, path } of calls) {
    const url = path.replaceAll(/<\w+>/g, '1')
    const other = method === 'GET' ? 'POST' : 'GET'
    const answer = await createApiBench().request(url, { method: other })
    expect([path, answer.status]).toEqual([path, 404])
    const right = await createApiBench().request(url, { method })
    // `/scene/1/1` is of a project that is not there; `add_project` wants a body.
    expect([path, right.status]).toEqual([
      path,
      path.startsWith('/scene') ? 404 : path.includes('modify') || path.includes('add') ? 415 : 200
    ])
    expect(right.headers.get('content-type')).toBe('application/json; charset=utf-8')
  }
})

test('each optional field of a body may be left out, and each other may not', async () => {
  const [add] = calls.filter(({ path }) => path.includes('add_project'))
  const example = add?.bodyExamples[0] as Record<string, unknown>
  for (const field of add?.body ?? []) {
    expect(isOfType(example[field.name], field)).toBe(true)
    const { [field.name]: left, ...body } = example
    expect(left).toBeDefined()
    const api = createApiBench()
    const answer = (await (await api.post('/api/add_project', body)).json()) as { success: boolean }
    // Without parameters the encoder's own are used.
    expect([field.name, answer.success]).toEqual([field.name, field.optional || field.name === 'encoder_params'])
    expect(api.calls).toHaveLength(answer.success ? 1 : 0)
  }
})

test('every refusal is one of the examples in shape: the documented fields and types, and no other', async () => {
  for (const { method, path, answer: fields } of calls.filter(({ method: one }) => one === 'POST')) {
    const answer = await createApiBench().post(path.replaceAll(/<\w+>/g, '1'), {})
    const body = (await answer.json()) as Record<string, unknown>
    expect([method, Object.keys(body)]).toEqual(['POST', fields.map(({ name }) => name)])
    for (const field of fields) expect(isOfType(body[field.name], field)).toBe(true)
  }
})
