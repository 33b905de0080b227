import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { commandsOf, environmentOf, parseDockerfile, wordsOf } from '../../../scripts/image/dockerfile.ts'
import { installLine } from '../../../src/platform/index.ts'

const root = resolve(import.meta.dirname, '../../..')
const read = async (name: string): Promise<string> => readFile(join(root, name), 'utf8')
const stages = parseDockerfile(await read('Dockerfile'))
const last = stages.at(-1)
const textOf = (name: string): string => last?.steps.find((step) => step.name === name)?.text ?? ''

test('the image is built from the package, and runs as nobody of the machine', () => {
  expect(stages.map(({ base, name }) => [base, name])).toEqual([
    ['node:24-trixie-slim', 'package'],
    ['node:24-trixie-slim', undefined]
  ])
  expect(textOf('USER')).toBe('grav1')
  expect(wordsOf(textOf('ENTRYPOINT'))).toEqual(['grav1'])
  expect(wordsOf(textOf('HEALTHCHECK'))[2]).toContain('/readyz')
  expect(environmentOf(textOf('ENV'))).toEqual({
    GRAV1_DATA_DIR: '/data',
    GRAV1_MEDIA: '/films',
    GRAV1_API_HOST: '0.0.0.0'
  })
})

test('it has every package that Debian is told to install, and the sandbox', () => {
  const line = installLine([], (name) => (name === 'apt' ? '/usr/bin/apt' : undefined))
  for (const name of [...line.split(' ').slice(2), 'bubblewrap']) expect(textOf('RUN').split(' ')).toContain(name)
})

test('the services are an owner and a worker that knows it', async () => {
  const commands = commandsOf(await read('compose.yaml'))
  expect([...commands.keys()]).toEqual(['owner', 'worker'])
  expect(commands.get('owner')?.slice(0, 1)).toEqual(['node'])
  expect(commands.get('worker')).toContain('/dns4/owner/tcp/7898')
})

test('lines that go on are one instruction, and comments none', () => {
  expect(parseDockerfile('FROM a AS b\n# no\nRUN x \\\n  && y\nCMD ["z"]\n')).toEqual([
    {
      base: 'a',
      name: 'b',
      steps: [
        { name: 'RUN', text: 'x && y' },
        { name: 'CMD', text: '["z"]' }
      ]
    }
  ])
})
