import { expect, test } from 'vitest'
import { statusText } from '../../../../src/node/cli/commands/status.ts'
import { shownTitle } from '../../../../src/node/cli/format.ts'
import { clipToWidth, padToWidth, textWidth } from '../../../../src/node/cli/text-width.ts'
import { peer, project, swarm } from './fixtures.ts'

test.for([
  ['film.mkv', 8],
  ['映画.mkv', 8],
  ['한국어', 6],
  ['カタカナ', 8],
  ['ｶﾀｶﾅ', 4],
  ['ＡＢ', 4],
  ['e\u0301te\u0301', 3],
  ['🎬', 2],
  ['👨‍👩‍👧', 2],
  ['', 0]
] as const)('%s takes %i cells', ([text, cells]) => {
  expect(textWidth(text)).toBe(cells)
  expect(textWidth(padToWidth(text, 20))).toBe(20)
})

test('what is cut takes no more than its cells, and no half of a character', () => {
  expect(clipToWidth('film', 4)).toBe('film')
  expect(clipToWidth('films', 4)).toBe('fil…')
  for (let cells = 3; cells < 9; cells += 1) {
    const cut = clipToWidth('映画👨‍👩‍👧映画映画', cells)
    expect(textWidth(cut)).toBeLessThanOrEqual(cells)
    expect('映画👨‍👩‍👧映画映画').toContain(cut.slice(0, -1))
  }
})

test.for(['n'.repeat(250), '映'.repeat(83), 'é'.repeat(125), '🎬'.repeat(62), `${'a b '.repeat(60)}.mkv`])(
  'a status with the title %s fits the terminal, and its columns stand one below the other',
  (title) => {
    const projects = [project({ title }), project({ projectId: 'p-9', title: 'short.mkv' })]
    for (const cells of [100, 140, 220]) {
      const lines = statusText({ ...swarm(projects), peers: [peer({ name: title })] }, { cellsMax: cells }).split('\n')
      const rows = lines.filter((line) => line.startsWith('p-') || line.startsWith('project '))
      expect(rows).toHaveLength(3)
      for (const line of lines.slice(2)) expect(textWidth(line)).toBeLessThanOrEqual(cells)
      const [header = '', ...others] = rows
      const at = textWidth(header.slice(0, header.indexOf('state')))
      for (const row of others) expect(textWidth(row.slice(0, row.indexOf('encoding')))).toBe(at)
    }
    expect(textWidth(shownTitle(title))).toBeLessThanOrEqual(60)
  }
)

test('a title that fits is whole, and a narrow terminal leaves some of each', () => {
  const projects = [project({ title: 'A film with a name of forty characters.mkv' })]
  expect(statusText(swarm(projects), { cellsMax: 140 })).toContain('A film with a name of forty characters.mkv')
  expect(statusText(swarm(projects), { cellsMax: 20 })).toContain('A film with…')
})
