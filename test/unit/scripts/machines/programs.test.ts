import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { enterWords } from '../../../../scripts/machines/enter.ts'
import { knownDifference } from '../../../../scripts/machines/known.ts'
import { writePrograms } from '../../../../scripts/machines/programs.ts'
import { SAMPLES } from '../../../../scripts/machines/samples.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grav1-test-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a program stands for another one, with its own settings and more arguments behind', async () => {
  const echo = join(folder, "it's an echo")
  await writeFile(echo, '#!/bin/sh\necho "$MASK" "$@"\n')
  await chmod(echo, 0o755)
  const { folder: programs } = await writePrograms(join(folder, 'programs'), {
    before: (program) => [echo, program],
    env: { MASK: '0' },
    after: { SvtAv1EncApp: ['--asm', 'c'] }
  })
  const say = (program: string): string =>
    execFileSync(join(programs, program), ['--a', 'b c'], { encoding: 'utf8' }).trim()
  expect(say('aomenc')).toBe('0 aomenc --a b c')
  expect(say('SvtAv1EncApp')).toBe('0 SvtAv1EncApp --a b c --asm c')
})

test('words of a command in a root stay words', () => {
  const mounts = [{ from: '/a', to: '/b', writable: false }]
  const place = { root: '/r', shared: '/tmp/s', mounts, cwd: '/tmp/s', env: { PATH: '/bin' } }
  const words = enterWords(place, ['echo', "it's; rm -rf $HOME"])
  expect(words.slice(-5)).toEqual(['env', '-i', 'PATH=/bin', 'echo', "it's; rm -rf $HOME"])
  expect(words.slice(-13, -5)).toEqual(['enter', '/r', '/tmp/s', '/tmp/s', '1', '/a', '/b', 'ro'])
})

test('a known difference is one of a version, parameters and a way to run it', () => {
  const sample = (params: RegExp) => SAMPLES.find((one) => params.test(one.params)) ?? expect.fail(String(params))
  const [fast, slow] = [sample(/^--cpu-used=6 --end/), sample(/^--cpu-used=4 --end-usage=q/)]
  const [grain, plain] = [sample(/film-grain/), sample(/preset=6/)]
  expect(knownDifference(fast, 'forced', '3.12.1')).toBeDefined()
  expect(knownDifference(fast, 'forced', '3.6.0')).toBeUndefined()
  expect(knownDifference(fast, '2 threads', '3.14.1')).toBeUndefined()
  expect(knownDifference(slow, 'forced', '3.14.1')).toBeUndefined()
  expect(knownDifference(sample(/--bit-depth=10/), 'no SIMD', '3.6.0')).toBeDefined()
  expect(knownDifference(sample(/--bit-depth=10/), 'no SIMD', '3.12.1')).toBeUndefined()
  expect(knownDifference(slow, 'no SIMD', '3.6.0')).toBeUndefined()
  expect(knownDifference(grain, 'arm64', '4.2.0')).toBeDefined()
  expect(knownDifference(grain, 'no SIMD', '4.2.0')).toBeUndefined()
  expect(knownDifference(plain, 'arm64', '4.2.0')).toBeUndefined()
  expect(knownDifference(plain, 'arm64', '2.3.0')).toBeDefined()
})
