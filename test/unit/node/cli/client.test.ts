import { describe, expect, test } from 'vitest'
import { createClient } from '../../../../src/node/cli/client.ts'
import { ApiError, CliError } from '../../../../src/node/cli/errors.ts'
import { project, serve, swarm } from './fixtures.ts'

const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error
  )

describe('createClient', () => {
  test('reads status and projects, submits and cancels, with the token', async () => {
    const { url, seen } = await serve(({ line }) => {
      if (line === 'GET /api/v2/status') return { json: swarm() }
      if (line === 'GET /api/v2/projects/a%2Fb') return { json: project() }
      if (line === 'POST /api/v2/projects')
        return { status: 201, json: { projectId: 'new', attached: false, warnings: [] } }
      return { status: 200, text: '' }
    })
    const client = createClient({ url, token: 'secret' })
    expect(await client.status()).toEqual(swarm())
    expect(await client.project('a/b')).toEqual(project())
    expect(await client.submit({ input: '/a.mkv', encoder: 'aom' })).toEqual({
      projectId: 'new',
      attached: false,
      warnings: []
    })
    await client.cancel('new')
    expect(seen.map(({ line }) => line)).toContain('POST /api/v2/projects/new/cancel')
    expect(seen[2]?.body).toEqual({ input: '/a.mkv', encoder: 'aom' })
    expect(new Set(seen.map(({ token }) => token))).toEqual(new Set(['Bearer secret']))
  })

  test('turns problem+json into an ApiError', async () => {
    const problem = {
      type: 'x',
      title: 't',
      status: 422,
      detail: 'Input file not found: /a.mkv',
      code: 'input-not-found',
      field: 'input'
    }
    const { url } = await serve(() => ({ status: 422, json: problem }))
    const error = await caught(createClient({ url }).submit({ input: '/a.mkv', encoder: 'aom' }))
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({
      code: 'input-not-found',
      field: 'input',
      status: 422,
      message: 'Input file not found: /a.mkv'
    })
  })

  test('says nothing that a terminal would obey, in as many lines', async () => {
    const problem = { status: 422, detail: 'evil\u001B[2J\u202E.mkv\nis no video', code: 'not-a-video' }
    const { url } = await serve(() => ({ status: 422, json: { type: 'x', title: 't', ...problem } }))
    const error = await caught(createClient({ url }).submit({ input: '/a.mkv', encoder: 'aom' }))
    const text = 'evil?[2J?.mkv\nis no video'
    expect(error).toMatchObject({ message: text, detail: text })
  })

  test('makes do without a problem body', async () => {
    const { url } = await serve(() => ({ status: 401, text: 'no' }))
    const error = await caught(createClient({ url }).status())
    expect(error).toMatchObject({ code: 'http-401', message: expect.stringContaining('--token') })
  })

  test.each(['', '[]', '{"node":{}}', '<html>'])('refuses %j as an answer', async (text) => {
    const { url } = await serve(() => ({ text }))
    expect(await caught(createClient({ url }).status())).toMatchObject({ name: 'CliError', code: 'bad-answer' })
  })

  test('says it when nothing answers, or too slowly', async () => {
    const error = await caught(createClient({ url: 'http://127.0.0.1:1' }).status())
    expect(error).toMatchObject({ code: 'no-node', message: expect.stringContaining('No node answers at') })
    const { createServer } = await import('node:net')
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as { port: number }
    const slow = await caught(createClient({ url: `http://127.0.0.1:${port}`, timeoutMs: 50 }).status())
    silent.close()
    expect(slow).toBeInstanceOf(CliError)
    expect(slow).toMatchObject({ code: 'no-node', message: expect.stringContaining('did not answer within 0.05 s') })
  })

  test("ends with the caller's reason when aborted", async () => {
    const { url } = await serve(() => ({ json: swarm() }))
    const reason = new Error('enough')
    expect(await caught(createClient({ url }).status({ signal: AbortSignal.abort(reason) }))).toBe(reason)
  })
})
