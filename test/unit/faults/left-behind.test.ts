import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { processesOf, unfinishedFiles } from '../../faults/left-behind.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

interface Started {
  readonly words?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** A program that waits for its input to end, and has begun to. */
async function start({ words = [], env = {}, cwd = '/' }: Started): Promise<void> {
  const child = spawn('sh', ['-c', 'echo began; read line', ...words], { cwd, env: { ...process.env, ...env } })
  onTestFinished(async () => {
    child.stdin.end()
    if (child.exitCode === null) await once(child, 'exit')
  })
  await once(child.stdout, 'data')
}

test.for<[string, (folder: string) => Started]>([
  ['its words', (folder) => ({ words: [join(folder, 'file')] })],
  ['its environment', (folder) => ({ env: { HOME: folder } })],
  ['its working folder', (folder) => ({ cwd: folder })]
])('a process of a swarm is found by %s', async ([, how], { skip }) => {
  if (process.platform !== 'linux') skip('processes are read from /proc')
  const folder = await tempDir()
  expect(await processesOf(folder, false)).toEqual([])
  await start(how(folder))
  expect(await processesOf(folder, false)).toMatchObject([{ words: expect.stringContaining('echo began') as unknown }])
})

test('unfinished files are found in a data folder, and only those', async () => {
  const folder = await tempDir()
  await mkdir(join(folder, 'work/encode-1'), { recursive: true })
  await mkdir(join(folder, 'blobs/ab'), { recursive: true })
  await writeFile(join(folder, 'blobs/ab/whole'), '')
  expect(await unfinishedFiles(folder)).toEqual([])
  for (const name of ['work/encode-1/pass.log', 'heads.json.new', '.out.x.part.mkv'])
    await writeFile(join(folder, name), '')
  expect((await unfinishedFiles(folder)).toSorted()).toEqual(
    ['.out.x.part.mkv', 'heads.json.new', 'work/encode-1/pass.log'].map((name) => join(folder, name))
  )
})
