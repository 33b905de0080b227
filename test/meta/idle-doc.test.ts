import { expect, test } from 'vitest'
import { IDLE_CODES } from '../../src/swarm/protocol/index.ts'
import { read } from './doc-files.ts'

test.for(['docs/troubleshooting.md', 'docs/protocol.md'])(
  '%s says of every reason for idling what it is',
  async (page) => {
    const rows = (await read(page)).split('\n').filter((line) => line.startsWith('| `'))
    const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([\w-]+)`/g)].map((match) => match[1]))
    expect(IDLE_CODES.filter((code) => !named.includes(code))).toEqual([])
  }
)
