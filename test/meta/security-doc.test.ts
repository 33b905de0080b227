import { expect, test } from 'vitest'
import { read } from './doc-files.ts'

const ATTACKERS = ['stranger', 'owner', 'worker', 'caller', 'file']

/** The rows of the table of threats, as cells. */
async function rows(): Promise<string[][]> {
  const text = await read('SECURITY.md')
  return text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .slice(1)
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))
}

test('each threat has an attacker, a defence and a test', async () => {
  const all = await rows()
  expect(all.length).toBeGreaterThan(15)
  for (const [attackers = '', attack = '', defence = '', tests = ''] of all) {
    for (const attacker of attackers.split(', ')) expect(ATTACKERS, attack).toContain(attacker)
    expect(defence, attack).not.toBe('')
    // That they are there is held for every page.
    expect(tests, attack).toMatch(/^`test\/[\w/.-]+\.test\.ts`(?:, `test\/[\w/.-]+\.test\.ts`)*$/)
  }
})

test('no attacker is without a threat', async () => {
  const named = new Set((await rows()).flatMap(([attackers = '']) => attackers.split(', ')))
  expect([...named].toSorted()).toEqual(ATTACKERS.toSorted())
})
