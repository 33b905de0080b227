import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startHttpServer } from '../../../../src/node/http/http-server.ts'
import type { ApiPorts } from '../../../../src/api/ports.ts'

/** What the server answers to bytes as they are, until it closes the connection. */
async function answerTo(text: string): Promise<string> {
  const log = { error: (fields: object) => expect.unreachable(JSON.stringify(fields)) }
  const server = await startHttpServer({} as ApiPorts, { host: '127.0.0.1', port: 0, token: 't', bodyMs: 50, log })
  onTestFinished(server.stop)
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(text))
  const closed = Promise.withResolvers<string>()
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
  socket.on('error', closed.reject)
  socket.on('close', () => closed.resolve(answer))
  return closed.promise
}

const request = (line: string, ...headers: readonly string[]) =>
  [`${line} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n')
const SESSION = 'GET /api/v2/session'

describe('raw requests', () => {
  test.for([
    ['no host', request(SESSION), 400],
    ['two hosts', request(SESSION, 'Host: localhost', 'Host: evil.example'), 421],
    ['a host that is none', request(SESSION, 'Host: a b'), 400],
    ['another name in the target', request('GET http://localhost/api/v2/session', 'Host: evil.example'), 421],
    ['two slashes', request('GET //api/v2/session', 'Host: localhost'), 404],
    ['a slash in disguise', request('GET /api%2Fv2/session', 'Host: localhost'), 404],
    ['headers of 20 kB', request(SESSION, 'Host: localhost', `X: ${'a'.repeat(20_000)}`), 431],
    [
      'two lengths',
      request('POST /api/add_project', 'Host: localhost', 'Content-Length: 1', 'Transfer-Encoding: chunked'),
      400
    ],
    ['a body that does not come', request('POST /api/add_project', 'Host: localhost', 'Content-Length: 9'), 408],
    ['what is right', request(SESSION, 'Host: localhost'), 200]
  ] as const)('%s', async ([, text, status]) => {
    expect(await answerTo(text)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })
})

test('a port that is taken is said with what to do', async () => {
  const log = { error: () => undefined }
  const first = await startHttpServer({} as ApiPorts, { host: '127.0.0.1', port: 0, token: 't', log })
  onTestFinished(first.stop)
  const port = Number(new URL(first.url).port)
  const second = startHttpServer({} as ApiPorts, { host: '127.0.0.1', port, token: 't', log })
  await expect(second).rejects.toThrow(`port ${port} on 127.0.0.1 is taken; choose another with --api-port`)
})
