import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { closeLeftOpen } from '../../../src/encode/programs/left-open.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

/** A program that starts another in a session of its own, which keeps some of its outputs, and ends. @returns its file */
async function leaver(keeps: string, last = ''): Promise<string> {
  const folder = await tempDir()
  const left = join(folder, 'left')
  const script = `#!/bin/sh
echo early; echo why >&2
setsid sh -c 'echo $$ > ${left}; exec sleep 300' ${keeps} < /dev/null &
while [ ! -s ${left} ]; do :; done
${last}
exit 3
`
  await writeFile(join(folder, 'leaver'), script)
  await chmod(join(folder, 'leaver'), 0o755)
  onTestFinished(async () => void process.kill(Number(await readFile(left, 'utf8')), 'SIGKILL'))
  return join(folder, 'leaver')
}

/** Starts one whose outputs are closed once they are silent for a moment. */
async function start(keeps: string, last = ''): Promise<ChildProcessWithoutNullStreams> {
  const child = spawn(await leaver(keeps, last))
  closeLeftOpen(child, 50)
  child.stderr.resume()
  return child
}

test.for([
  ['stderr', '> /dev/null'],
  ['stdout', '2> /dev/null'],
  ['both outputs', '']
])('a program that another left behind, and that holds %s open, keeps nobody waiting', async ([, keeps = '']) => {
  const child = await start(keeps)
  child.stdout.resume()
  expect(await once(child, 'close')).toEqual([3, null])
})

test('what lies in an output when its program ends waits for a slow reader', async () => {
  const child = await start('> /dev/null', 'head -c 50000 /dev/zero')
  const chunks = (child.stdout as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  const first = await chunks.next()
  await once(child.stderr, 'close')
  const bytes = (await Array.fromAsync({ [Symbol.asyncIterator]: () => chunks })).map(({ length }) => length)
  expect(bytes.reduce((sum, length) => sum + length, first.value?.length ?? 0)).toBe('early\n'.length + 50_000)
})
