import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lookUpProgram } from '../../../src/encode/programs/programs.ts'
import { encodeScene, findEncoders, tryParams, verifySegment } from '../../../src/encode/index.ts'
import { trialHeader } from '../../../src/encode/builds/trial-header.ts'
import { SVT_AV_FACTS } from '../../../src/encode/rules/encoders/svt-av-flags.ts'
import { VP9_AV_FACTS } from '../../../src/encode/rules/encoders/vp9-av-flags.ts'
import { ENCODERS, rulesFor } from '../../../src/encode/rules/index.ts'
import { makeBase, makeOddClip, ODD_CLIPS, tempFolder } from '../../fixtures/encode-clips.ts'
import { encodeClip, prepareClip, type PreparedClip } from '../../fixtures/encode-scenes.ts'
import { withoutSandbox } from '../../fixtures/without-sandbox.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { endsOf } from '../../fixtures/param-ends.ts'
import { nodeAv } from '../../fixtures/node-av.ts'
import { isNightly, rowsOf } from '../../nightly.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
const FAST = { 'svt-av': '--preset=10 --crf=30', 'vp9-av': '--cpu-used=8 --cq-level=30' } as const
const NAMES = ['svt-av', 'vp9-av'] as const
const before = process.env['GRAV1_NODE_AV']

let folder: Awaited<ReturnType<typeof tempFolder>>
let base = ''
let clip: PreparedClip
let folders = 0
const fresh = (): string => join(folder.path, `encode-${(folders += 1)}`)
/** One with frames before its first, so that the decoder has to drop some. */
const scene = () => clip.scenes.find(({ skip }) => skip > 0)!

beforeAll(async () => {
  process.env['GRAV1_NODE_AV'] = await nodeAv()
  folder = await tempFolder()
  base = await makeBase(folder.path)
  clip = await prepareClip(await makeOddClip(base, folder.path, 'open GOP H.264'), folder.path, 'open', signal)
})

afterAll(async () => {
  if (before === undefined) delete process.env['GRAV1_NODE_AV']
  else process.env['GRAV1_NODE_AV'] = before
  await folder.remove()
})

/** Runs a task as on a machine without any program. */
async function withoutPrograms<T>(task: () => Promise<T>): Promise<T> {
  const path = process.env['PATH']
  process.env['PATH'] = folder.path
  try {
    return await task()
  } finally {
    process.env['PATH'] = path
  }
}

/** Processes whose command line names the folder. */
const pidsOf = (path: string): string[] =>
  spawnSync('/usr/bin/pgrep', ['-f', path], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((pid) => pid !== '')

const isAlive = (pid: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.startsWith('Z') === false
  } catch {
    return false
  }
}

test('a machine with nothing but Node has both encoders, and they are the same builds there', async () => {
  const here = (await findEncoders({ signal })).installed.filter(({ program }) => program === 'node-av')
  expect(here.map(({ name }) => name)).toEqual(NAMES)
  for (const { build } of here) expect(build).toMatch(/^(svt|vp9)-av\/node-av-\d+\.\d+\.\d+\/[0-9a-f]{8}$/)
  expect(await withoutPrograms(() => findEncoders({ signal }))).toEqual({ installed: here, broken: [] })
})

test('a folder without the package offers nothing; one that does not load is named with its words', async () => {
  const installed = process.env['GRAV1_NODE_AV']
  const broken = join(folder.path, 'broken')
  const lib = join(broken, 'node_modules/node-av/dist/lib')
  await mkdir(lib, { recursive: true })
  writeFileSync(
    join(lib, '../../package.json'),
    '{"name":"node-av","version":"0.0.0","exports":{"./lib":"./dist/lib/index.js"}}'
  )
  writeFileSync(join(lib, 'index.js'), 'throw new Error("no native part for this machine")')
  try {
    process.env['GRAV1_NODE_AV'] = folder.path
    expect(lookUpProgram('node-av')).toBeUndefined()
    await expect(tryParams(ENCODERS['svt-av'].parseParams(''), { signal })).rejects.toMatchObject({
      code: 'tool-missing',
      message: 'node-av is not installed: grav1 encoders add'
    })
    process.env['GRAV1_NODE_AV'] = broken
    expect(lookUpProgram('node-av')).toBe(join(lib, 'index.js'))
    const { installed: none, broken: named } = await withoutPrograms(() => findEncoders({ signal }))
    expect(none).toEqual([])
    expect(named.map(({ name, version }) => `${name} ${version}`)).toEqual([
      'svt-av node-av-0.0.0',
      'vp9-av node-av-0.0.0'
    ])
    for (const { problem } of named) expect(problem).toContain('no native part for this machine')
  } finally {
    process.env['GRAV1_NODE_AV'] = installed
  }
})

describe.for(NAMES)('%s', (encoder) => {
  /** What does the same for both encoders: the decoder, its checks, and the search for a quality. */
  const onceInGate = isNightly || encoder === 'vp9-av' ? [encoder] : []

  test('without any other program: the bytes do not depend on threads or the sandbox, and the owner takes the segment', async () => {
    const seen: string[] = []
    let frames = 0
    const onProgress = (done: { pass: 1 | 2; frames: number }): void => {
      expect(done.pass).toBe(1)
      frames = done.frames
    }
    const params = `${FAST[encoder]} --tile-columns=1`
    for (const threads of isNightly ? [1, 1, 2, 4] : [1, 4]) {
      const workDir = fresh()
      const init = { encoder, params, threads, workDir, onProgress }
      const encode = async () => withoutPrograms(() => encodeClip(clip, scene(), init, signal))
      const made = await (threads === 4 ? withoutSandbox(encode) : encode())
      seen.push(made.sha256)
      expect(await readdir(workDir)).toEqual(['scene.ivf'])
      if (seen.length > 1) continue
      expect(frames).toBe(scene().frames)
      const { video } = clip.source
      const input = { file: made.file, encoder, frames: scene().frames, video, bitDepth: 8, source: scene() }
      const { sequenceHeader, likeness } = await verifySegment(input, { signal })
      expect(sequenceHeader).toBe(await trialHeader(ENCODERS[encoder].parseParams(params), video, { signal }))
      expect(likeness!.meanDb).toBeGreaterThan(32)
      expect(likeness!.shiftGainDb).toBeLessThan(0)
    }
    expect(new Set(seen).size).toBe(1)
  })

  test.for(onceInGate)('a piece that is not the scene is refused', async () => {
    const bad = (change: object, of = clip) =>
      encodeClip(of, { ...scene(), ...change }, { encoder, params: FAST[encoder], workDir: fresh() }, signal)
    await expect(bad({ inputHash: '0'.repeat(64) })).rejects.toMatchObject({ code: 'input-mismatch' })
    await expect(bad({ frames: 500 })).rejects.toMatchObject({ code: 'input-mismatch' })
    await expect(bad({ skip: scene().skip + 1 })).rejects.toMatchObject({ code: 'input-mismatch' })
    await expect(bad({ skip: 9999 })).rejects.toMatchObject({ code: 'input-mismatch' })
    const text = join(folder.path, 'text.mkv')
    writeFileSync(text, '#EXTM3U\nfile:///etc/passwd\n')
    await expect(bad({ pieceFile: text })).rejects.toMatchObject({ code: 'decode-failed' })
    const cut = join(folder.path, 'cut.mkv')
    writeFileSync(cut, readFileSync(scene().pieceFile).subarray(0, 3000))
    await expect(bad({ pieceFile: cut })).rejects.toMatchObject({ code: 'input-mismatch' })
    const { source } = clip
    for (const other of [{ width: 158 }, { pixelFormat: 'yuv420p10le', bitDepth: 10 }]) {
      const small = { ...clip, source: { ...source, video: { ...source.video, ...other } } }
      await expect(bad({}, small)).rejects.toMatchObject({ code: 'input-mismatch' })
    }
  })

  // SVT-AV1 may only say at its end how far it is.
  const slow = { 'svt-av': '--preset=1', 'vp9-av': '--cpu-used=0' }[encoder]
  const whenRunning = async (workDir: string): Promise<string[]> => {
    await eventually('a process begins', () => pidsOf(workDir).length > 0)
    return pidsOf(workDir)
  }

  test('abort ends it at once and leaves nothing', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const workDir = fresh()
    const encoding = encodeClip(clip, scene(), { encoder, params: slow, workDir }, controller.signal)
    const refused = expect(encoding).rejects.toBe(reason)
    const pids = await whenRunning(workDir)
    controller.abort(reason)
    await refused
    await eventually('it is gone', () => !pids.some(isAlive))
    expect(await readdir(workDir)).toEqual([])
  })

  test('a process that the system kills ran out of memory, and leaves nothing', async () => {
    const workDir = fresh()
    const encoding = encodeClip(clip, scene(), { encoder, params: slow, workDir }, signal)
    const refused = expect(encoding).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(/^node-av ran out of memory/) as unknown
    })
    for (const pid of await whenRunning(workDir)) process.kill(Number(pid), 'SIGKILL')
    await refused
    expect(await readdir(workDir)).toEqual([])
  })

  test('a parameter that it does not take is found without a source', async () => {
    const params = { ...ENCODERS[encoder].parseParams(FAST[encoder]), tokens: ['--no-such-option=1'] }
    await expect(tryParams(params, { signal })).rejects.toMatchObject({
      code: 'encode-failed',
      message: expect.stringContaining('no-such-option') as unknown
    })
    const { pieceFile, skip, frames, inputHash } = scene()
    const workDir = fresh()
    await mkdir(workDir)
    const { video } = clip.source
    const input = { pieceFile, skip, frames, inputHash, encoder, params, video, threads: 1, nice: 0, workDir } as const
    if (encoder === 'svt-av') return
    await expect(encodeScene({ ...input, onProgress: () => {} }, { signal })).rejects.toMatchObject({
      code: 'encode-failed'
    })
    expect(await readdir(workDir)).toEqual([])
  })

  test.for(onceInGate)('a quality is reached without any other program', async () => {
    const init = { encoder, params: '--target-quality=psnr:38', workDir: fresh() }
    const made = await withoutPrograms(() => encodeClip(clip, scene(), init, signal))
    expect(made.quantiser).toBeGreaterThan(1)
    const { video } = clip.source
    const input = { file: made.file, encoder, frames: scene().frames, video, bitDepth: 8, source: scene() }
    const { likeness } = await verifySegment(input, { signal })
    expect(Math.abs(likeness!.meanDb - 38)).toBeLessThan(1.5)
  })

  test('every parameter of the allow-list is taken, at its limits', async () => {
    const facts = encoder === 'svt-av' ? SVT_AV_FACTS : VP9_AV_FACTS
    const apart = new Set('target-quality rc tbr end-usage target-bitrate tile-rows lossless'.split(' '))
    const { allowed } = rulesFor(ENCODERS[encoder].flags, facts)
    const all = (end: 0 | -1): string =>
      [...allowed]
        .filter(([name]) => !apart.has(name))
        .map(([name, rule]) => `--${name}=${endsOf(rule).at(end)}`)
        .join(' ')
    const alone = {
      'svt-av': ['--rc=0', '--rc=1 --tbr=1', '--rc=1 --tbr=100000', '--tile-rows=6', '--preset=10 --lossless=1'],
      'vp9-av': [
        ...['q', 'cq --target-bitrate=1', 'vbr --target-bitrate=1000000'].map((mode) => `--end-usage=${mode}`),
        '--tile-rows=2',
        '--lossless=1 --cq-level=0'
      ]
    }
    for (const text of [all(0), all(-1), ...alone[encoder]])
      await tryParams(ENCODERS[encoder].parseParams(text), { signal })
  })
})

/** Their pieces are decoded by ffmpeg in the gate; here one of each kind is: a varying rate, more bits, other colours, an odd size. All tests above have frames before the first. */
const AT_NIGHT = new Set([
  'open GOP H.264',
  'MPEG-TS with a start time',
  'HEVC open GOP',
  'MPEG-2 program stream',
  'MPEG-4 ASP in AVI',
  'one key frame',
  'full range'
])

test.for(rowsOf(ODD_CLIPS, AT_NIGHT))('%s is decoded to the same frames as by ffmpeg', async ([name]) => {
  const odd = await prepareClip(await makeOddClip(base, folder.path, name), folder.path, `odd ${name}`, signal)
  const { video } = odd.source
  const isForSvt = /^yuvj?420p/.test(video.pixelFormat) && video.width % 2 === 0
  const encoder = isForSvt ? 'svt-av' : 'vp9-av'
  const params = { 'svt-av': '--preset=12', 'vp9-av': '--cpu-used=8 --lag-in-frames=0' }[encoder]
  const skipping = odd.scenes.find(({ skip }) => skip > 0) ?? odd.scenes.at(-1)!
  const picked = new Set(isNightly ? [odd.scenes[0]!, skipping] : [skipping])
  const header = await trialHeader(ENCODERS[encoder].parseParams(params), video, { signal })
  for (const one of picked) {
    const { file } = await encodeClip(odd, one, { encoder, params, workDir: fresh() }, signal)
    const { sequenceHeader } = await verifySegment(
      { file, encoder, frames: one.frames, video, bitDepth: video.bitDepth },
      { signal }
    )
    expect(sequenceHeader).toBe(header)
  }
})
