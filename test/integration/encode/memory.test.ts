import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MediaError } from '../../../src/encode/index.ts'
import type { EncoderName } from '../../../src/encode/rules/index.ts'
import { startProcess } from '../../../src/encode/programs/process.ts'
import { lookUpProgram } from '../../../src/encode/programs/programs.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { encodeClip, prepareClip, type PreparedClip } from '../../fixtures/encode-scenes.ts'
import { isWithoutSandbox } from '../../fixtures/needs-sandbox.ts'
import { withoutSandbox } from '../../fixtures/without-sandbox.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
const path = process.env['PATH'] ?? ''
let folder: Awaited<ReturnType<typeof tempFolder>>
let clip: PreparedClip
let folders = 0

beforeAll(async () => {
  folder = await tempFolder()
  const film = join(folder.path, 'film.mkv')
  const h264 = ['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast']
  await ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=24', '-frames:v', '24', ...h264, film)
  clip = await prepareClip(film, folder.path, 'film', signal)
  process.env['PATH'] = `${folder.path}/programs${delimiter}${path}`
  await mkdir(join(folder.path, 'programs'))
})
afterAll(async () => {
  process.env['PATH'] = path
  await folder.remove()
})

/** A program that does this before it does what it should, except where it is asked for its version or options. */
async function before(program: string, line: string): Promise<void> {
  process.env['PATH'] = path
  const real = lookUpProgram(program) ?? program
  const file = join(folder.path, 'programs', program)
  const asks = 'case " $* " in *" --help "*|*" -version "*|*" --version "*) ;;'
  await writeFile(file, `#!/bin/sh\n${asks} *) ${line};; esac\nexec ${real} "$@"\n`)
  await chmod(file, 0o755)
  process.env['PATH'] = `${folder.path}/programs${delimiter}${path}`
}

async function codeOf(encoder: EncoderName): Promise<string> {
  const [scene] = clip.scenes
  if (scene === undefined) throw new Error('the clip has no scene')
  const workDir = join(folder.path, `memory-${(folders += 1)}`)
  const params = encoder === 'svt' ? '--preset 12' : '--cpu-used=4'
  const error: unknown = await encodeClip(clip, scene, { encoder, params, workDir }, signal).catch(
    (one: unknown) => one
  )
  if (!(error instanceof MediaError)) throw new Error(`no failure of a program: ${String(error)}`)
  return error.code
}

const PROGRAMS = { aom: 'aomenc', vp9: 'vpxenc', svt: 'SvtAv1EncApp' } as const

describe.skipIf(isWithoutSandbox())('an encoder in its box', () => {
  // In KiB of address space: enough to start, too little to encode.
  test.for([
    ['aom', 25_000],
    ['vp9', 15_000],
    ['svt', 120_000]
  ] as const)('%s that meets its limit ran out of memory', async ([encoder, kib]) => {
    await before(PROGRAMS[encoder], `ulimit -v ${kib}`)
    expect(await codeOf(encoder)).toBe('out-of-memory')
  })

  test('that the system kills ran out of memory', async () => {
    await before('vpxenc', 'kill -9 $$')
    expect(await codeOf('vp9')).toBe('out-of-memory')
  })

  test.for(['SEGV', 'BUS', 'ABRT'])('that ends by SIG%s crashed', async (name) => {
    await before('vpxenc', `kill -${name} $$`)
    expect(await codeOf('vp9')).toBe('crashed')
  })

  test('that fails for another reason did not', async () => {
    await before('vpxenc', 'echo "Failed to open input file" >&2; exit 1')
    expect(await codeOf('vp9')).toBe('encode-failed')
  })
})

test('without a box it is the same', async () => {
  await before('vpxenc', 'kill -9 $$')
  await withoutSandbox(async () => expect(await codeOf('vp9')).toBe('out-of-memory'))
  await before('vpxenc', 'exit 137')
  await withoutSandbox(async () => expect(await codeOf('vp9')).toBe('out-of-memory'))
})

test('where memory is short, the system kills programs on media before all others', async () => {
  const running = startProcess('cat', [], { signal, stdin: 'pipe', stdout: 'pipe' })
  const first = new Promise((resolve) => running.stdout.once('data', resolve))
  running.stdin.write('here')
  await first
  expect(await readFile(`/proc/${running.pid}/oom_score_adj`, 'utf8')).toBe('500\n')
  expect(await readFile('/proc/self/oom_score_adj', 'utf8')).not.toBe('500\n')
  running.stdin.end()
  await running.ended
})
