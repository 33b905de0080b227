import { chmod, copyFile, mkdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCanaryCache, findEncoders } from '../../../src/encode/index.ts'
import { programPrint } from '../../../src/encode/builds/program-print.ts'
import { lookUpProgram } from '../../../src/encode/programs/programs.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { tempFolder } from '../../fixtures/encode-clips.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
const before = { path: process.env['PATH'], nodeAv: process.env['GRAV1_NODE_AV'] }

let folder: Awaited<ReturnType<typeof tempFolder>>
/** The only place where encoders are found. */
let programs: string

beforeEach(async () => {
  folder = await tempFolder()
  programs = join(folder.path, 'programs')
  await mkdir(programs)
  process.env['GRAV1_NODE_AV'] = folder.path
})

afterEach(async () => {
  process.env['PATH'] = before.path
  if (before.nodeAv === undefined) delete process.env['GRAV1_NODE_AV']
  else process.env['GRAV1_NODE_AV'] = before.nodeAv
  await folder.remove()
})

/** A program of a few lines of sh, and no other encoder on PATH. */
async function onlyProgram(name: string, script: string): Promise<string> {
  const file = join(programs, name)
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
  await symlink(lookUpProgram('ldd') ?? '', join(programs, 'ldd'))
  process.env['PATH'] = programs
  return file
}

test('an encoder that refuses its command line is named with its version and its own words', async () => {
  await onlyProgram(
    'SvtAv1EncApp',
    'if [ "$1" = --version ]; then echo "SVT-AV1 v4.2.0 (release)"; exit 0; fi; echo "Unprocessed tokens: --pin" >&2; exit 1'
  )
  const { installed, broken } = await findEncoders({ signal })
  expect(installed).toEqual([])
  expect(broken).toEqual([
    {
      name: 'svt',
      program: 'SvtAv1EncApp',
      version: '4.2.0',
      problem: 'With 8 bits a sample: SvtAv1EncApp ended with exit code 1: Unprocessed tokens: --pin'
    }
  ])
})

test.for([
  ['asked for its version', '*'],
  ['at the test clip', '*-o*']
] as const)('one that says nothing and hangs when %s is given up after its time, and is gone', async ([, words]) => {
  const mark = `${60_000 + process.pid}`
  await onlyProgram('vpxenc', `case "$*" in ${words}) exec ${lookUpProgram('sleep')} ${mark};; *) echo;; esac`)
  const { broken } = await findEncoders({ signal, probeMsMax: 1_500 })
  expect(broken).toEqual([
    { name: 'vp9', program: 'vpxenc', version: 'unknown', problem: 'Its test encode did not end within 1.5 s.' }
  ])
  await eventually('the end of what hung', () => spawnSync('/usr/bin/pgrep', ['-f', `sleep ${mark}`]).status === 1)
})

test('one that makes 8 bits and not 10 is not offered', async () => {
  const real = lookUpProgram('vpxenc') ?? ''
  const refuse = 'echo "Failed to initialize encoder: Unable to find profile" >&2; exit 1'
  await onlyProgram('vpxenc', `case "$*" in *--bit-depth=10*) ${refuse};; esac; exec ${real} "$@"`)
  const { installed, broken } = await findEncoders({ signal })
  expect(installed).toEqual([])
  expect(broken[0]?.problem).toMatch(/^With 10 bits a sample: vpxenc .*Unable to find profile/)
})

test('what was made before is kept for the very same program, and made again for a changed one', async () => {
  const real = lookUpProgram('SvtAv1EncApp') ?? ''
  const calls = join(folder.path, 'calls')
  const file = await onlyProgram('SvtAv1EncApp', `echo "$*" >> ${calls}; exec ${real} "$@"`)
  // A script is linked to nothing, and is told by its own file.
  const cacheFile = join(folder.path, 'data/canaries.json')
  const encodes = async (): Promise<number> =>
    (await readFile(calls, 'utf8')).split('\n').filter((line) => line.includes('-i stdin')).length
  const look = async () => findEncoders({ signal, cache: createCanaryCache(cacheFile) })

  const first = await look()
  expect(first.installed.map(({ name }) => name)).toEqual(['svt'])
  expect(await encodes()).toBe(2)
  expect(await look()).toEqual(first)
  expect(await encodes()).toBe(2)
  await utimes(file, new Date(), new Date(Date.now() - 60_000))
  expect(await look()).toEqual(first)
  expect(await encodes()).toBe(4)
  await writeFile(cacheFile, 'no JSON')
  expect(await look()).toEqual(first)
  expect(await encodes()).toBe(6)
})

test('what fails is not kept', async () => {
  const cacheFile = join(folder.path, 'canaries.json')
  const look = async () => findEncoders({ signal, cache: createCanaryCache(cacheFile) })
  await onlyProgram('SvtAv1EncApp', 'exit 1')
  expect((await look()).broken).toHaveLength(1)
  await expect(readFile(cacheFile)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a program whose library was exchanged is another, though its own file is the same', async () => {
  const printed = spawnSync('ldd', [lookUpProgram('vpxenc') ?? ''], { encoding: 'utf8' }).stdout
  const [, name = '', library = ''] = /(libvpx\S*) => (\S+)/.exec(printed) ?? []
  const copy = join(programs, name)
  await copyFile(library, copy)
  const libraries = process.env['LD_LIBRARY_PATH']
  const print = async () => programPrint('vpxenc', ['told'])
  const own = await print()
  expect(own).toMatch(/^[0-9a-f]{64}$/)
  expect(await print()).toBe(own)
  expect(await programPrint('vpxenc', ['told otherwise'])).not.toBe(own)
  try {
    process.env['LD_LIBRARY_PATH'] = programs
    const other = await print()
    expect(other).not.toBe(own)
    await utimes(copy, new Date(), new Date(Date.now() - 60_000))
    expect(await print()).not.toBe(other)
    await writeFile(copy, 'no library')
    expect(await print()).toBeUndefined()
  } finally {
    if (libraries === undefined) delete process.env['LD_LIBRARY_PATH']
    else process.env['LD_LIBRARY_PATH'] = libraries
  }
})
