import { describe, expect, test } from 'vitest'
import { createLogger } from '../../../../src/node/log/logger.ts'
import type { Config } from '../../../../src/node/config/types.ts'

/** A line of each level from the node itself, two of its rooms, and a child of the first: what is written, and what the ring keeps. */
async function linesOf(config: Pick<Config, 'logLevel' | 'debug'>) {
  const [written, kept]: [string[], string[]] = [[], []]
  const into = (lines: string[]) => ({
    write: (json: string): void => {
      const { role = 'node', project = '', msg } = JSON.parse(json) as Record<string, string>
      lines.push(`${role}${project}: ${msg}`)
    }
  })
  const log = createLogger(config, into(kept), into(written))
  const owner = log.child({ role: 'owner' })
  for (const one of [log, owner, log.child({ role: 'worker' }), owner.child({ project: '/film' })])
    for (const level of ['trace', 'debug', 'info', 'warn'] as const) one[level]({}, level)
  return { written, kept }
}

const all = (room: string, ...levels: string[]): string[] => levels.map((level) => `${room}: ${level}`)
const OTHERS = ['node', 'owner', 'worker', 'owner/film']

describe('createLogger', () => {
  test('without rooms the level counts for all', async () => {
    const { written, kept } = await linesOf({ logLevel: 'debug', debug: [] })
    expect(written).toEqual(OTHERS.flatMap((room) => all(room, 'debug', 'info', 'warn')))
    expect(kept).toEqual(written)
  })

  test('the ring of a quiet node keeps what goes on', async () => {
    const { written, kept } = await linesOf({ logLevel: 'warn', debug: [] })
    expect(written).toEqual(OTHERS.flatMap((room) => all(room, 'warn')))
    expect(kept).toEqual(OTHERS.flatMap((room) => all(room, 'info', 'warn')))
    expect((await linesOf({ logLevel: 'silent', debug: [] })).written).toEqual([])
  })

  test.for([
    ['info', ['info', 'warn']],
    ['warn', ['warn']],
    ['silent', []]
  ] as const)('a room says more than a node at %s, with all that is below it', async ([logLevel, levels]) => {
    const { written, kept } = await linesOf({ logLevel, debug: ['owner'] })
    const loud = ['debug', 'info', 'warn']
    expect(written).toEqual([
      ...all('node', ...levels),
      ...all('owner', ...loud),
      ...all('worker', ...levels),
      ...all('owner/film', ...loud)
    ])
    expect(kept).toEqual(written)
  })

  test('two rooms, and a level that is lower than theirs anyway', async () => {
    const { written } = await linesOf({ logLevel: 'warn', debug: ['owner', 'worker'] })
    expect(written).toContain('worker: debug')
    expect(written).not.toContain('node: info')
    expect((await linesOf({ logLevel: 'trace', debug: ['owner'] })).written).toContain('owner: trace')
  })

  test('scenes count from 1, and errors are still told', async () => {
    const lines: string[] = []
    const sink = { write: (line: string) => void lines.push(line) }
    const log = createLogger({ logLevel: 'info', debug: [] }, { write: () => {} }, sink)
    log.info({ scene: 0, err: new Error('no') }, 'it failed')
    log.info({ scenes: 3 }, 'as many')
    const [failed, many] = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(failed).toMatchObject({ scene: 1, err: { message: 'no' } })
    expect(many).toMatchObject({ scenes: 3 })
  })
})
