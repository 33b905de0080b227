import { chmod, rename, utimes, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { askAboutFile } from '../../../src/encode/programs/file-facts.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { runningPrograms } from '../../fixtures/running-programs.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

let folder: string
let file: string

/** A program that prints when it starts, by which a new start is seen, and the file. */
async function install(end = ''): Promise<void> {
  const program = join(folder, 'teller')
  await writeFile(program, `#!/bin/sh\ndate +%s%N\ncat "$1"\n${end}\n`)
  await chmod(program, 0o755)
}

async function ask(signal = AbortSignal.timeout(60_000)): Promise<string> {
  const { stdout } = await askAboutFile('teller', [file], file, { signal })
  return stdout
}

const isKept = async (): Promise<boolean> => (await ask()) === (await ask())

/** The answer about a file that was written this very moment is not kept. */
const untilKept = async (): Promise<void> => eventually('an answer to be kept', isKept)

beforeEach(async () => {
  folder = await tempDir()
  file = join(folder, 'film.mkv')
  const { PATH = '' } = process.env
  process.env['PATH'] = [folder, PATH].join(delimiter)
  onTestFinished(() => {
    process.env['PATH'] = PATH
  })
  await install()
  await writeFile(file, 'one')
})

test('a program starts once for a file that stays as it is', async () => {
  await untilKept()
  expect(await ask()).toMatch(/^\d+\none$/)
  expect(await isKept()).toBe(true)
})

test('what was written this very moment is not kept: more may be written within a tick of the clock', async () => {
  await writeFile(file, 'now')
  expect(await isKept()).toBe(false)
})

const changes: readonly { readonly name: string; readonly change: () => Promise<void> }[] = [
  { name: 'other bytes of the same length', change: async () => writeFile(file, 'two') },
  {
    name: 'other bytes of the same length and time',
    change: async () => {
      await utimes(file, 1, 1)
      await untilKept()
      await writeFile(file, 'two')
      await utimes(file, 1, 1)
    }
  },
  {
    name: 'another file in its place',
    change: async () => {
      await writeFile(`${file}.new`, 'two')
      await rename(`${file}.new`, file)
    }
  }
]

test.each(changes)('a changed file is asked about again: $name', async ({ change }) => {
  await untilKept()
  await change()
  expect(await ask()).toMatch(/two$/)
})

test('another program of the same name is asked again', async () => {
  await untilKept()
  await install('echo more')
  expect(await ask()).toContain('more')
})

test.each([
  { name: 'of a program that failed', end: 'exit 2' },
  { name: 'that is long', end: 'printf "%070000d" 0' }
])('an answer $name is not kept', async ({ end }) => {
  await untilKept()
  await install(end)
  expect(await isKept()).toBe(false)
})

test('a caller who has given up gets no answer, known or not', async () => {
  await untilKept()
  await expect(ask(AbortSignal.abort(new Error('given up')))).rejects.toThrow('given up')
})

test('those who ask at the same time share one start, and go on where the first one is ended', async () => {
  await untilKept()
  // Another question, which nobody has asked yet.
  await install('true')
  const stop = new AbortController()
  const first = ask(stop.signal)
  const [second, third] = [ask(), ask()]
  stop.abort(new Error('ended'))
  await expect(first).rejects.toThrow('ended')
  expect(await second).toMatch(/^\d+\none$/)
  expect(await third).toMatch(/^\d+\none$/)
  const together = await Promise.all([ask(), ask()])
  expect(together[0]).toBe(together[1])
})

test('where whoever began gives up, one of those who wait begins again, for all of them', async () => {
  await untilKept()
  const gate = join(folder, 'gate')
  await install(`while [ ! -e '${gate}' ]; do sleep 0.05; done`)
  const stop = new AbortController()
  const first = ask(stop.signal)
  const others = [ask(), ask(), ask()]
  await eventually('the start', async () => runningPrograms(process.pid).length > 0)
  stop.abort(new Error('enough'))
  await expect(first).rejects.toThrow('enough')
  await writeFile(gate, '')
  expect(new Set(await Promise.all(others)).size).toBe(1)
})
