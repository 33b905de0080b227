import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProcess } from '../../../src/encode/programs/process.ts'
import {
  checkTools,
  encodeScene,
  findEncoders,
  makePreview,
  tryParams,
  verifySegment
} from '../../../src/encode/index.ts'
import { ENCODERS, findEncoder, outputBitDepth } from '../../../src/encode/rules/index.ts'
import { makeBase, makeOddClip, tempFolder } from '../../fixtures/encode-clips.ts'
import { withoutSandbox } from '../../fixtures/without-sandbox.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { encodeClip, prepareClip, type PreparedClip } from '../../fixtures/encode-scenes.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
const FAST: Record<'aom' | 'vp9' | 'svt', string> = {
  aom: '--cpu-used=6 --end-usage=q --cq-level=30',
  vp9: '--cpu-used=8 --end-usage=q --cq-level=30',
  svt: '--preset 10 --crf 30'
}
let folder: Awaited<ReturnType<typeof tempFolder>>
let clip: PreparedClip
let ten: PreparedClip
let folders = 0
const fresh = (): string => join(folder.path, `encode-${(folders += 1)}`)
const scene = () => clip.scenes[1]!

beforeAll(async () => {
  folder = await tempFolder()
  const base = await makeBase(folder.path)
  clip = await prepareClip(await makeOddClip(base, folder.path, 'open GOP H.264'), folder.path, 'open', signal)
  ten = await prepareClip(await makeOddClip(base, folder.path, '10-bit H.264'), folder.path, 'ten', signal)
})
afterAll(() => folder.remove())

const isAlive = (pid: number): boolean => {
  try {
    // A zombie has no memory map; it is gone for our purpose.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.startsWith('Z') === false
  } catch {
    return false
  }
}

/** Processes whose command line names the folder. */
const pidsOf = (path: string): string[] =>
  spawnSync('pgrep', ['-f', path], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((pid) => pid !== '')

test('installed encoders are named by version and canary', async () => {
  const { installed, broken } = await findEncoders({ signal })
  expect(broken).toEqual([])
  expect(installed.map((encoder) => encoder.name)).toEqual(['aom', 'vp9', 'svt'])
  for (const encoder of installed) expect(encoder.build).toMatch(/^(aom|vp9|svt)\/\d+\.\d+\.\d+\/[0-9a-f]{8}$/)
  expect(await findEncoders({ signal })).toEqual({ installed, broken })
  expect(checkTools().missing).toEqual([])
})

test('combinations that the encoder refuses are found without a source', async () => {
  await tryParams(ENCODERS.aom.parseParams(''), { signal })
  const refused = tryParams(ENCODERS.vp9.parseParams('--min-q=63'), { signal })
  await expect(refused).rejects.toMatchObject({
    code: 'encode-failed',
    message: expect.stringContaining('quantizer') as unknown
  })
})

test('a stream that no decoder reads as it was meant is found without a source', async () => {
  // Refused by the allow-list; what such parameters do is the same in SVT-AV1 1.4 to 4.2.
  const params = ENCODERS.svt.parseParams('--preset=10')
  const unreadable = { ...params, tokens: [...params.tokens, '--chroma-u-ac-qindex-offset=20'], text: '--of-the-test' }
  await expect(tryParams(unreadable, { signal })).rejects.toMatchObject({
    code: 'encode-failed',
    message: expect.stringMatching(/^With --of-the-test it writes a stream that cannot be decoded \(/) as unknown
  })
})

describe.for(['aom', 'vp9', 'svt'] as const)('%s', (encoder) => {
  test('the bytes do not depend on threads or the sandbox, and the segment is valid', async () => {
    const seen: string[] = []
    const progress = new Set<string>()
    const onProgress = (done: { pass: 1 | 2; frames: number }): void => {
      progress.add(`${done.pass}`)
      expect(done.frames).toBeLessThanOrEqual(scene().frames)
    }
    const init = { encoder, params: `${FAST[encoder]} --tile-columns=1`, onProgress }
    for (const threads of [1, 2, 4]) {
      const workDir = fresh()
      const encode = async () => encodeClip(clip, scene(), { ...init, threads, workDir }, signal)
      const made = await (threads === 4 ? withoutSandbox(encode) : encode())
      seen.push(made.sha256)
      expect(await readdir(workDir)).toEqual(['scene.ivf'])
      if (threads > 1) continue
      const { video } = clip.source
      const verified = await verifySegment(
        { file: made.file, encoder, frames: scene().frames, video, bitDepth: 8 },
        { signal }
      )
      expect(verified.sequenceHeader).toMatch(/^[0-9a-f]{8,}$/)
      const preview = { file: made.file, form: 'webm', frames: scene().frames, video } as const
      const webm = await makePreview(preview, { signal })
      expect([...webm.subarray(0, 4)]).toEqual([0x1a, 0x45, 0xdf, 0xa3])
    }
    expect(new Set(seen).size).toBe(1)
    expect(progress).toEqual(new Set(ENCODERS[encoder].passes === 1 ? ['1'] : ['1', '2']))
  })

  const depths = [
    { name: '8 bits to 10', params: '-b 10', deep: false },
    { name: '10 bits as they are', params: '', deep: true }
  ]
  // SvtAv1EncApp keeps the depth that it gets.
  test.for(depths.filter(({ deep }) => deep || encoder !== 'svt'))('$name', async ({ params, deep }) => {
    const from = deep ? ten : clip
    const first = from.scenes[0]!
    const made = await encodeClip(
      from,
      first,
      { encoder, params: `${FAST[encoder]} ${params}`, workDir: fresh() },
      signal
    )
    const { video } = from.source
    const bitDepth = outputBitDepth(findEncoder(encoder).parseParams(`${FAST[encoder]} ${params}`), video)
    expect(bitDepth).toBe(10)
    await verifySegment({ file: made.file, encoder, frames: first.frames, video, bitDepth }, { signal })
    await expect(
      verifySegment({ file: made.file, encoder, frames: first.frames, video, bitDepth: 8 }, { signal })
    ).rejects.toMatchObject({
      code: 'bad-segment'
    })
  })

  test('damage is refused', async () => {
    const { video } = clip.source
    const { frames } = scene()
    const made = await encodeClip(clip, scene(), { encoder, params: FAST[encoder], workDir: fresh() }, signal)
    const bytes = readFileSync(made.file)
    const offsets: number[] = []
    for (let at = 32; at < bytes.length; at += 12 + bytes.readUInt32LE(at)) offsets.push(at)
    const file = join(folder.path, `damaged-${encoder}.ivf`)
    const verdict = async (damaged: Buffer): Promise<string> => {
      writeFileSync(file, damaged)
      return verifySegment({ file, encoder, frames, video, bitDepth: 8 }, { signal }).then(
        () => 'accepted',
        (error: { code: string }) => error.code
      )
    }
    const changed = (change: (copy: Buffer) => void): Buffer => {
      const copy = Buffer.from(bytes)
      change(copy)
      return copy
    }
    const frameAt = (n: number): { start: number; end: number } => ({ start: offsets[n]! + 12, end: offsets[n + 1]! })
    const cases: Record<string, Buffer> = {
      'tail cut': bytes.subarray(0, bytes.length - 20),
      'last frame missing': bytes.subarray(0, offsets.at(-1)),
      'first frame missing': Buffer.concat([bytes.subarray(0, 32), bytes.subarray(offsets[1])]),
      'a frame twice': Buffer.concat([bytes, bytes.subarray(offsets.at(-1))]),
      'frame zeroed': changed((copy) => copy.fill(0, frameAt(5).start, frameAt(5).end)),
      'other codec': changed((copy) => copy.write(ENCODERS[encoder].fourcc === 'AV01' ? 'VP90' : 'AV01', 8, 'latin1')),
      'other size': changed((copy) => copy.writeUInt16LE(162, 12)),
      'huge frame': changed((copy) => copy.writeUInt32LE(0xffffffff, offsets[3]!)),
      'header only': bytes.subarray(0, 32),
      empty: Buffer.alloc(0),
      text: Buffer.from('#EXTM3U\nfile:///etc/passwd\n'.repeat(20))
    }
    // VP9 has no checksum: what is flipped behind its headers decodes without complaint, and only the comparison with the source can tell.
    cases['bytes flipped'] = changed((copy) => {
      for (let i = 0; i < 3; i += 1) copy[frameAt(0).start + (encoder === 'vp9' ? 2 : 20) + i]! ^= 0xff
    })
    const verdicts: Record<string, string> = {}
    for (const [name, damaged] of Object.entries(cases)) verdicts[name] = await verdict(damaged)
    expect(verdicts).toEqual(Object.fromEntries(Object.keys(cases).map((name) => [name, 'bad-segment'])))
    expect(await verdict(bytes)).toBe('accepted')
  })
})

test('a piece that is not the scene is refused', async () => {
  const init = { encoder: 'vp9', params: FAST.vp9, workDir: fresh() } as const
  const bad = (change: object) => encodeClip(clip, { ...scene(), ...change }, { ...init, workDir: fresh() }, signal)
  await expect(bad({ inputHash: '0'.repeat(64) })).rejects.toMatchObject({ code: 'input-mismatch' })
  await expect(bad({ frames: 500 })).rejects.toMatchObject({ code: 'input-mismatch' })
  await expect(bad({ skip: scene().skip + 1 })).rejects.toMatchObject({ code: 'input-mismatch' })
  const text = join(folder.path, 'text.mkv')
  writeFileSync(text, '#EXTM3U\nfile:///etc/passwd\n')
  await expect(bad({ pieceFile: text })).rejects.toMatchObject({ code: 'decode-failed' })
  const small = { ...clip, source: { ...clip.source, video: { ...clip.source.video, width: 158 } } }
  await expect(encodeClip(small, scene(), { ...init, workDir: fresh() }, signal)).rejects.toMatchObject({
    code: 'input-mismatch'
  })
})

test('an encoder that fails says why, and leaves nothing', async () => {
  const workDir = fresh()
  const params = { ...ENCODERS.aom.parseParams(FAST.aom), tokens: ['--no-such-option=1'] }
  const { pieceFile, skip, frames, inputHash } = scene()
  await mkdir(workDir)
  const input = {
    pieceFile,
    skip,
    frames,
    inputHash,
    encoder: 'aom',
    params,
    video: clip.source.video,
    threads: 1,
    nice: 0,
    workDir,
    onProgress: () => {}
  } as const
  const failure = encodeScene(input, { signal })
  await expect(failure).rejects.toMatchObject({
    code: 'encode-failed',
    stderrTail: expect.stringContaining('no-such-option') as unknown
  })
  expect(await readdir(workDir)).toEqual([])
})

test('abort ends decoder and encoder at once', async () => {
  const before = new Set(pidsOf(folder.path))
  const controller = new AbortController()
  const reason = new Error('enough')
  const pids: string[] = []
  const onProgress = ({ pass }: { pass: 1 | 2 }): void => {
    // The first pass of a clip this small may be over before anybody looks.
    if (pass === 1) return
    pids.push(...pidsOf(folder.path).filter((pid) => !before.has(pid)))
    controller.abort(reason)
  }
  const init = { encoder: 'aom', params: '--cpu-used=1', workDir: fresh(), onProgress } as const
  await expect(encodeClip(clip, scene(), init, controller.signal)).rejects.toBe(reason)
  // The pipes hold a clip this small: its decoder may be done.
  expect(pids.length).toBeGreaterThanOrEqual(1)
  await eventually('they are gone', () => !pids.some((pid) => isAlive(Number(pid))))
  expect(await readdir(init.workDir)).toEqual([])
})

test('a killed node leaves no encoder behind', async () => {
  const script = `import { startProcess } from ${JSON.stringify(join(import.meta.dirname, '../../../src/encode/programs/process.ts'))}
const output = process.argv[2]
startProcess('aomenc', ['-', '--ivf', '-o', output], { signal: new AbortController().signal, stdin: 'pipe', writes: [output] })
setInterval(() => {}, 1000)`
  const [file, output] = [join(folder.path, 'node.mjs'), join(folder.path, 'killed.ivf')]
  writeFileSync(file, script)
  const node = spawn(process.execPath, [file, output], { stdio: 'inherit' })
  const encoders = (): string[] => pidsOf(`aomenc - --ivf -o ${output}`)
  await eventually('the encoder runs', () => encoders().length > 0)
  node.kill('SIGKILL')
  await eventually('the encoder is gone', () => encoders().length === 0)
})

test('a missing program is named with the line that installs it', () => {
  expect(() => startProcess('no-such-program', [], { signal })).toThrow(/no-such-program is not installed: apt install/)
})
