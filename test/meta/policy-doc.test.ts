import { expect, test } from 'vitest'
import { mayDo, type PeerClass, type Right, type Share } from '../../src/swarm/protocol/index.ts'
import { read } from './doc-files.ts'
import { RIGHTS } from '../fixtures/rights.ts'

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

test('docs/swarm.md says who may do what as the code has it', async () => {
  const [, table = ''] = (await read('docs/swarm.md')).split('\n| what | ')
  const [head = '', , ...rows] = `| what | ${table.split('\n\n')[0] ?? ''}`.split('\n')
  const classes = cellsOf(head).slice(1) as PeerClass[]
  const word = (peerClass: PeerClass, right: Right): string => {
    const may = (share: Share, isBoxed: boolean): boolean => mayDo(peerClass, right, { share, isBoxed })
    if (may('trusted', false)) return 'yes'
    if (may('all', false)) return 'unless it is for trusted peers'
    return may('all', true) ? 'where there is a sandbox, unless it is for trusted peers' : 'no'
  }
  expect(classes).toHaveLength(7)
  expect(rows.map((row) => cellsOf(row).slice(1))).toEqual(
    RIGHTS.map((right) => classes.map((peerClass) => word(peerClass, right)))
  )
})
