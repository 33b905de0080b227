import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { logLine } from '../../../../src/api/schemas/index.ts'
import { createLogRing, type LogRing } from '../../../../src/node/log/log-ring.ts'
import { createLogger } from '../../../../src/node/log/logger.ts'
import { createApiBench } from '../../../fixtures/api-bench.ts'
import { OWNER, PROJECT, WORKER } from '../../../fixtures/protocol-samples.ts'

const quiet = (ring: LogRing) => createLogger({ logLevel: 'silent', debug: [] }, ring)
const all = (ring: LogRing) => ring.list({ limit: 10_000 }).items

test('lines as the contract has them', async () => {
  const ring = createLogRing()
  const log = quiet(ring)
  log.info({ projectId: PROJECT, scene: 3 }, 'scene encoded')
  log.child({ role: 'worker' }).warn({ peer: WORKER, err: new Error('broken') }, 'in the worker')
  log.error({ owner: OWNER }, 'three')
  const lines = all(ring)
  expect(lines).toMatchObject([
    { number: 1, level: 'info', message: 'scene encoded', project: PROJECT, peer: null, fields: '{"scene":4}' },
    { number: 2, level: 'warn', project: null, peer: WORKER },
    { number: 3, level: 'error', peer: OWNER, fields: '{}' }
  ])
  for (const line of lines) {
    expect(logLine.strict().parse(line)).toEqual(line)
    expect(Math.abs(line.atMs - Date.now())).toBeLessThan(60_000)
  }
  expect(JSON.parse(lines[1]?.fields ?? '')).toMatchObject({ role: 'worker', err: { message: 'broken' } })
})

test.for([
  ['silent', 'info'],
  ['error', 'info'],
  ['warn', 'info'],
  ['info', 'info'],
  ['debug', 'debug'],
  ['trace', 'trace']
] as const)('of a node that logs %s it keeps %s and above', async ([level, lowest]) => {
  expect(createLogger({ logLevel: level, debug: [] }, createLogRing()).level).toBe(lowest)
})

test('of a node that logs nothing it keeps what is no text of peers', async () => {
  const ring = createLogRing()
  const log = quiet(ring)
  log.debug({}, 'a text of a peer')
  log.info({}, 'said')
  expect(all(ring).map(({ message }) => message)).toEqual(['said'])
})

test('stderr gets what was asked for and nothing else', async () => {
  const script = `
    const { createLogger } = await import(process.argv[1])
    const kept = []
    const log = createLogger({ logLevel: 'warn', debug: [] }, { write: (line) => kept.push(JSON.parse(line).msg) })
    log.debug({}, 'd'); log.info({}, 'i'); log.warn({}, 'w')
    console.log(kept.join())`
  const logger = new URL('../../../../src/node/log/logger.ts', import.meta.url).href
  const { stdout, stderr } = await execa(process.execPath, ['--input-type=module', '-e', script, logger])
  expect(stdout).toBe('i,w')
  expect(stderr.split('\n').map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['w'])
})

describe('limits', () => {
  test('the oldest lines go, by number and by bytes', () => {
    const few = createLogRing({ linesMax: 3 })
    for (let n = 0; n < 10; n += 1) few.write(JSON.stringify({ level: 30, time: 1, msg: `m${n}` }))
    expect(all(few).map(({ number }) => number)).toEqual([8, 9, 10])
    const small = createLogRing({ bytesMax: 10_000 })
    for (let n = 0; n < 50; n += 1) small.write(JSON.stringify({ level: 30, time: 1, msg: 'x'.repeat(1500) }))
    expect(all(small)).toHaveLength(3)
  })

  test('long messages and fields are cut, and fields stay JSON', () => {
    const ring = createLogRing()
    const err = { message: 'broken', stack: 'at x\n'.repeat(1000) }
    ring.write(JSON.stringify({ level: 50, time: 1, msg: 'x'.repeat(9000), err }))
    ring.write(JSON.stringify({ level: 50, time: 1, msg: '', stderr: '"\\'.repeat(5000) }))
    const [first, second] = all(ring)
    expect(first?.message).toHaveLength(2000)
    expect(JSON.parse(first?.fields ?? '')).toEqual({ err: { message: 'broken' } })
    expect(second?.fields.length).toBeLessThanOrEqual(2000)
    expect(JSON.parse(second?.fields ?? '')).toHaveProperty('cut')
  })

  test('what is no line is left out', () => {
    const ring = createLogRing()
    for (const text of ['', 'no json', 'null', '{"level":30']) ring.write(text)
    expect(all(ring)).toEqual([])
  })
})

test('a secret never shows', () => {
  const ring = createLogRing()
  ring.hide('c0ffee')
  ring.write(JSON.stringify({ level: 30, time: 1, msg: 'url #token=c0ffee', url: 'http://x/c0ffee' }))
  expect(JSON.stringify(all(ring))).not.toContain('c0ffee')
})

test('listeners hear each line until they leave; one that throws hinders nobody', () => {
  const ring = createLogRing()
  const heard: string[] = []
  ring.onLine(() => {
    throw new Error('mine')
  })
  const leave = ring.onLine(({ message }) => heard.push(message))
  ring.write('{"level":30,"time":1,"msg":"one"}')
  leave()
  ring.write('{"level":30,"time":1,"msg":"two"}')
  expect(heard).toEqual(['one'])
  expect(all(ring)).toHaveLength(2)
})

describe('GET /api/v2/logs', () => {
  const ring = createLogRing()
  const say = (level: number, msg: string, fields: object = {}): void =>
    ring.write(JSON.stringify({ level, time: '2026-01-01T00:00:00.000Z', msg, ...fields }))
  say(20, 'quiet')
  say(30, 'Scene encoded', { projectId: PROJECT, scene: 1 })
  say(40, 'slow', { projectId: PROJECT, worker: WORKER })
  say(50, 'failed', { peer: OWNER, file: 'Film.mkv' })
  const bench = createApiBench([], { logs: ring })
  const ask = async (query: string): Promise<{ items: { number: number }[]; next: number }> =>
    (await (await bench.request(`/api/v2/logs?${query}`)).json()) as never

  test.for([
    ['', [1, 2, 3, 4], 4],
    ['level=warn', [3, 4], 4],
    ['level=trace', [1, 2, 3, 4], 4],
    [`project=${PROJECT}`, [2, 3], 4],
    [`peer=${WORKER}`, [3], 4],
    ['text=scene', [2], 4],
    ['text=film.MKV', [4], 4],
    ['limit=2', [3, 4], 4],
    ['after=1&limit=2', [2, 3], 3],
    ['after=3&limit=2', [4], 4],
    ['after=4', [], 4],
    [`level=warn&project=${PROJECT}&text=slow`, [3], 4]
  ] as const)('?%s', async ([query, numbers, next]) => {
    const answer = await ask(query)
    expect([answer.items.map(({ number }) => number), answer.next]).toEqual([numbers, next])
  })

  test.for(['level=loud', 'limit=0', 'limit=1001', 'after=-1', 'after=x', `text=${'x'.repeat(201)}`])(
    '?%s is refused',
    async (query) => {
      expect((await bench.request(`/api/v2/logs?${query}`)).status).toBe(400)
    }
  )
})
