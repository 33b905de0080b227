import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { probeEncoder } from '../../../src/encode/builds/probe-encoder.ts'
import { encoderFacts, lookUpProgram, tryParams } from '../../../src/encode/index.ts'
import { ENCODERS } from '../../../src/encode/rules/index.ts'
import { useEncoderPaths } from '../../../src/node/encoders/encoder-paths.ts'
import { tempFolder } from '../../fixtures/encode-clips.ts'

const signal = AbortSignal.timeout(120_000)
let folder: Awaited<ReturnType<typeof tempFolder>>
let usual = ''
const { svt } = ENCODERS

const use = (path: string): void => useEncoderPaths({ encoderPath: [`svt=${path}`] })

async function buildOf(): Promise<string> {
  const probed = await probeEncoder(svt, { signal })
  return probed.type === 'works' ? probed.encoder.build : probed.encoder.problem
}

async function script(name: string, text: string): Promise<string> {
  const place = join(folder.path, name)
  await mkdir(place)
  const path = join(place, 'SvtAv1EncApp')
  await writeFile(path, `#!/bin/sh\n${text}\n`)
  await chmod(path, 0o755)
  return path
}

beforeAll(async () => {
  folder = await tempFolder()
  usual = lookUpProgram('SvtAv1EncApp') ?? ''
})
afterAll(async () => {
  useEncoderPaths({ encoderPath: [] })
  await folder.remove()
})

test('a copy and a script at another place are the same build, by what they make', async () => {
  const build = await buildOf()
  expect(build).toMatch(/^svt\//)
  const copy = join(folder.path, 'encoder')
  await copyFile(usual, copy)
  use(copy)
  expect(lookUpProgram('SvtAv1EncApp')).toBe(copy)
  expect(await buildOf()).toBe(build)
  use(await script('wrapped', `exec ${usual} "$@"`))
  expect(await buildOf()).toBe(build)
})

test('a program that makes something else is another build, and its own options are taken', async () => {
  // A fork: other defaults, and an option more, which changes the quantiser.
  const fork = await script(
    'fork',
    `case "$1" in
  --version) echo "SVT-AV1-FORK v9.8.7"; exit 0;;
  --help) ${usual} --help; echo "      --fork-strength   Strength, default is 0 [0-3]"; echo "      --fork-file   Path of a file"; exit 0;;
esac
more="--sharpness-is-no-option"; n=$#
while [ $n -gt 0 ]; do
  word=$1; shift; n=$((n - 1))
  if [ "$word" = --fork-strength ]; then more="--film-grain $1"; shift; n=$((n - 1)); else set -- "$@" "$word"; fi
done
[ "$more" = "--sharpness-is-no-option" ] && more="--aq-mode 0"
exec ${usual} "$@" $more`
  )
  use(fork)
  const build = await buildOf()
  expect(build).toMatch(/^svt\/9\.8\.7\//)
  const facts = await encoderFacts(svt, { signal })
  expect([facts.version, facts.further?.has('fork-strength')]).toEqual(['9.8.7', true])
  const params = svt.parseParams('--preset=12 --fork-strength=3', facts)
  await tryParams(params, { signal })
  expect(() => svt.parseParams('--fork-strength=4', facts)).toThrow('a number from 0 to 3')
  expect(() => svt.parseParams('--fork-file=x', facts)).toThrow('--fork-file')
  useEncoderPaths({ encoderPath: [] })
  expect((await encoderFacts(svt, { signal })).further).toBeUndefined()
  expect(await buildOf()).not.toBe(build)
})

test('a program that is gone is not looked for elsewhere', () => {
  use(join(folder.path, 'gone'))
  expect(lookUpProgram('SvtAv1EncApp')).toBeUndefined()
})
