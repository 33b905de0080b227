import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTrustBook } from '../../../../src/node/peers/trust-book.ts'
import { openStandings, type Standings } from '../../../../src/node/peers/standings.ts'
import { DEFAULT_TIMING } from '../../../../src/swarm/protocol/index.ts'
import { OWNER, WORKER } from '../../../fixtures/protocol-samples.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

const warnings: string[] = []

const open = async (dir: string): Promise<Standings> =>
  openStandings({ path: join(dir, 'peers.json'), warn: (message) => void warnings.push(message) })

const bookOf = (standings: Standings) =>
  createTrustBook({ standings }, { timing: DEFAULT_TIMING, isKnown: () => false })

test('what the user decided counts at once, and after a restart', async () => {
  const dir = await tempDir()
  const first = await open(dir)
  const told: unknown[] = []
  first.onChange((change) => told.push(change))
  await first.set(WORKER, 'banned', 'kitchen')
  await first.set(OWNER, 'trusted', '')
  await first.forget(OWNER)
  expect([first.of(WORKER), first.of(OWNER)]).toEqual(['banned', undefined])
  expect(told).toEqual([
    { peer: WORKER, standing: 'banned' },
    { peer: OWNER, standing: 'trusted' },
    { peer: OWNER, standing: undefined }
  ])
  const second = await open(dir)
  expect(second.list()).toMatchObject([{ peerId: WORKER, standing: 'banned', name: 'kitchen' }])
})

test('a quarantine outlives a restart, and ends when the peer is forgotten', async () => {
  const dir = await tempDir()
  const first = await open(dir)
  const book = bookOf(first)
  book.note(OWNER, 'accepted')
  book.note(WORKER, 'refused')
  book.note(WORKER, 'refused')
  const before = book.standingOf(WORKER).barredUntilMs
  await first.flush()

  const second = await open(dir)
  const again = bookOf(second)
  expect(again.standingOf(WORKER).barredUntilMs).toBeGreaterThan(before - 60_000)
  expect(again.standingOf(WORKER).barredUntilMs).toBeLessThanOrEqual(before + 5_000)
  expect([again.refusedOf(WORKER), again.refusedOf(OWNER)]).toEqual([2, 0])
  // The third bad result bars for longer than the first.
  again.note(WORKER, 'refused')
  expect(again.standingOf(WORKER).barredUntilMs).toBeGreaterThan(before)

  await second.forget(WORKER)
  expect(again.standingOf(WORKER)).toMatchObject({ standing: 'stranger', barredUntilMs: 0 })
  await second.flush()
  expect(bookOf(await open(dir)).refusedOf(WORKER)).toBe(0)
})

test.for([
  ['no JSON', '{"version":1,'],
  ['another shape', '{"version":1,"peers":[{"peerId":1}],"quarantine":[]}'],
  ['no version', '{"peers":[]}']
] as const)('%s is set aside, and told', async ([, text]) => {
  const dir = await tempDir()
  await writeFile(join(dir, 'peers.json'), text)
  warnings.length = 0
  const standings = await open(dir)
  expect([standings.list(), warnings.length, await readdir(dir)]).toEqual([[], 1, ['peers.json.damaged']])
  await standings.set(WORKER, 'banned', '')
  expect(await readFile(join(dir, 'peers.json.damaged'), 'utf8')).toBe(text)
})

test('a file of a later version is not overwritten: its bans would be lost', async () => {
  const dir = await tempDir()
  await writeFile(join(dir, 'peers.json'), '{"version":2,"peers":[],"bans":["all of them"]}')
  await expect(open(dir)).rejects.toThrow('later version')
  expect(await readdir(dir)).toEqual(['peers.json'])
})

test('what cannot be written counts all the same, and says so', async () => {
  const dir = await tempDir()
  const standings = await openStandings({ path: join(dir, 'missing', 'peers.json'), warn: () => {} })
  await expect(standings.set(WORKER, 'banned', '')).rejects.toMatchObject({ code: 'not-kept' })
  expect(standings.of(WORKER)).toBe('banned')
})
