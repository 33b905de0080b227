import { resolve } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** A system that is not there yet is installed first. */
const TIMEOUT_MS = 20 * 60_000

test(
  'the demo, a submission and a swarm work with the programs of another system',
  async ({ signal }) => {
    const words = ['scripts/machines/index.ts', '--only', 'gate']
    const init = { cwd: root, all: true, reject: false, stdin: 'ignore', cancelSignal: signal } as const
    const { exitCode, all } = await execa(process.execPath, words, init)
    console.log(all)
    expect(exitCode, all).toBe(0)
  },
  TIMEOUT_MS
)
