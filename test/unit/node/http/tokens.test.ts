import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createTokens } from '../../../../src/node/http/tokens.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

const START = 1_700_000_040_000
const MINUTE_MS = 60_000

async function bench(file?: string) {
  const path = file ?? join(await tempDir(), 'tokens.json')
  const hidden: string[] = []
  const state = { nowMs: START }
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const tokens = await createTokens({ log, hide: (secret) => hidden.push(secret), nowMs: () => state.nowMs }, path)
  return { path, tokens, hidden, state }
}

describe('tokens that are made while the node runs', () => {
  test('one opens what it may, over a restart too, and only its hash is on the disk and in no list', async () => {
    const { path, tokens, hidden } = await bench()
    const { token, ...info } = await tokens.make({ name: 'phone', access: 'read' })
    expect(token).toMatch(/^[0-9a-f]{64}$/)
    expect(hidden).toEqual([token])
    expect(tokens.find(token)).toMatchObject({ id: info.id, access: 'read' })
    expect(tokens.find(`${token} `)).toBeUndefined()
    expect(await readFile(path, 'utf8')).not.toContain(token)
    expect(JSON.stringify(tokens.list())).not.toMatch(/[0-9a-f]{64}/)
    const again = await bench(path)
    expect(again.tokens.find(token)).toMatchObject({ id: info.id, name: 'phone' })
    expect(again.tokens.of(info.id)).toMatchObject({ name: 'phone' })
  })

  test('a revoked one opens nothing, now and after a restart, and whoever listens is told', async () => {
    const { path, tokens } = await bench()
    const kept = await tokens.make({ name: 'desk', access: 'full' })
    const gone = await tokens.make({ name: 'phone', access: 'full' })
    const told: string[] = []
    tokens.onRevoked((id) => told.push(id))
    await tokens.revoke(gone.id)
    expect(told).toEqual([gone.id])
    expect([tokens.find(gone.token), tokens.of(gone.id)]).toEqual([undefined, undefined])
    await expect(tokens.revoke(gone.id)).rejects.toMatchObject({ code: 'not-found', status: 404 })
    const again = await bench(path)
    expect(again.tokens.find(gone.token)).toBeUndefined()
    expect(again.tokens.find(kept.token)).toBeDefined()
  })

  test('the last use is known to the minute, and after a restart', async () => {
    const { path, tokens, state } = await bench()
    const { id, token } = await tokens.make({ name: 'phone', access: 'full' })
    expect(tokens.list()[0]?.usedAtMs).toBeNull()
    state.nowMs = START + MINUTE_MS + 5000
    tokens.find(token)
    expect(tokens.list()[0]?.usedAtMs).toBe(START + MINUTE_MS)
    state.nowMs = START + 3 * MINUTE_MS
    tokens.of(id)
    await tokens.stop()
    expect((await bench(path)).tokens.list()[0]?.usedAtMs).toBe(START + 3 * MINUTE_MS)
  })

  test('a name is taken once, and there is a limit', async () => {
    const { tokens } = await bench()
    const made = await Promise.allSettled([
      tokens.make({ name: 'phone', access: 'full' }),
      tokens.make({ name: 'phone', access: 'read' })
    ])
    expect(made.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    await expect(tokens.make({ name: 'phone', access: 'full' })).rejects.toMatchObject({
      code: 'name-taken',
      field: 'name'
    })
    for (let number = 1; number < 100; number += 1) await tokens.make({ name: `${number}`, access: 'read' })
    await expect(tokens.make({ name: 'one more', access: 'full' })).rejects.toMatchObject({ code: 'too-many-tokens' })
  })

  test('what cannot be written down does not count', async () => {
    const folder = await tempDir()
    const { tokens } = await bench(join(folder, 'gone', 'tokens.json'))
    await expect(tokens.make({ name: 'phone', access: 'full' })).rejects.toMatchObject({
      code: 'not-kept',
      status: 503
    })
    expect(tokens.list()).toEqual([])
  })

  test.for([
    ['cut', '[{"id":"1",'],
    ['of another form', '[{"name":"phone"}]'],
    ['no list', '{}']
  ] as const)('a damaged file (%s) ends the start: it may have said what was revoked', async ([, text]) => {
    const path = join(await tempDir(), 'tokens.json')
    await writeFile(path, text)
    await expect(bench(path)).rejects.toThrow(`${path} cannot be read; delete it`)
  })
})
