import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type PieceDecode, startPieceDecode } from '../../../src/encode/programs/decode.ts'
import { hashOfFrames } from '../../../src/encode/programs/frame-hash.ts'
import { type MediaProcess, startProcess } from '../../../src/encode/programs/process.ts'
import { checkY4mHeader, handFramesOver, passFramesOn, type Y4mFeedInit } from '../../../src/encode/scene/y4m-feed.ts'
import { findProgram } from '../../../src/platform/index.ts'
import { type VideoFormat, y4mHeader } from '../../../src/encode/rules/index.ts'
import { makeBase, makeOddClip, tempFolder } from '../../fixtures/encode-clips.ts'
import { encodeClip, prepareClip, type PreparedClip } from '../../fixtures/encode-scenes.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>
let clip: PreparedClip
let count = 0

beforeAll(async () => {
  folder = await tempFolder()
  const base = await makeBase(folder.path)
  clip = await prepareClip(await makeOddClip(base, folder.path, 'open GOP H.264'), folder.path, 'open', signal)
})
afterAll(() => folder.remove())

const scene = () => clip.scenes[1]!

/** A program that writes what it reads to a file. */
function startKeeping(file: string): MediaProcess {
  return startProcess('sh', ['-c', 'exec cat > "$1"', 'sh', file], { signal, stdin: 'pipe', writes: [file] })
}

const decodeScene =
  (stop: AbortSignal = signal): Y4mFeedInit['decode'] =>
  (y4m) =>
    startPieceDecode(scene(), { signal: stop, y4m, nice: 0 })

/** Of what goes well. */
const onFailed = (error: unknown): void => expect.fail(String(error))

const WAYS = { 'handed over': handFramesOver, 'passed on by this process': passFramesOn }

describe.for(Object.entries(WAYS))('frames that are %s', ([, feed]) => {
  async function passOn(video: VideoFormat): Promise<{ bytes: Buffer; decoding: PieceDecode; checked: Promise<void> }> {
    const file = join(folder.path, `passed-${(count += 1)}`)
    const keeping = startKeeping(file)
    const { decoding, ...feeding } = feed({ video, to: keeping.stdin, signal, onFailed, decode: decodeScene() })
    await decoding.process.ended
    const checked = checkY4mHeader(decoding, video)
    checked.catch(() => {})
    await feeding.ended
    await keeping.ended
    return { bytes: await readFile(file), decoding, checked }
  }

  test('get the header of the project and are the same otherwise', async () => {
    const { video } = clip.source
    const { bytes, decoding, checked } = await passOn({ ...video, fps: { num: 30_000, den: 1001 } })
    await checked
    const header = y4mHeader({ ...video, fps: { num: 30_000, den: 1001 } })
    expect(bytes.subarray(0, header.length).toString()).toBe(header)
    const frameBytes = 'FRAME\n'.length + (video.width * video.height * 3) / 2
    expect(bytes.length).toBe(header.length + scene().frames * frameBytes)
    expect(bytes.subarray(header.length, header.length + 6).toString()).toBe('FRAME\n')
    expect(hashOfFrames(await decoding.hashes)).toBe(scene().inputHash)
  })

  test('of another format are an error', async () => {
    const { checked } = await passOn({ ...clip.source.video, width: 16, height: 16 })
    await expect(checked).rejects.toMatchObject({ code: 'input-mismatch' })
  })

  test('stop when nobody reads them, and that is told', async () => {
    const keeping = startProcess('true', [], { signal, stdin: 'pipe' })
    const { video } = clip.source
    const feeding = feed({ video, to: keeping.stdin, signal, onFailed, decode: decodeScene() })
    expect(feeding.stoppedReading(await feeding.decoding.process.ended)).toBe(true)
    await feeding.ended.catch(() => {})
  })

  test('end with their signal', async () => {
    const stop = new AbortController()
    const keeping = startProcess('sleep', ['60'], { signal: stop.signal, stdin: 'pipe' })
    const { video } = clip.source
    const init = { video, to: keeping.stdin, signal: stop.signal, onFailed }
    const feeding = feed({ ...init, decode: decodeScene(stop.signal) })
    stop.abort(new Error('enough'))
    const ends = await Promise.allSettled([feeding.decoding.process.ended, keeping.ended])
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await feeding.ended.catch(() => {})
  })
})

test('both give the same bytes', async () => {
  const { video } = clip.source
  const files = await Promise.all(
    Object.values(WAYS).map(async (feed) => {
      const file = join(folder.path, `both-${(count += 1)}`)
      const keeping = startKeeping(file)
      const { decoding, ended } = feed({ video, to: keeping.stdin, signal, onFailed, decode: decodeScene() })
      await decoding.process.ended
      await ended
      await keeping.ended
      return readFile(file)
    })
  )
  expect(files[0]?.length).toBeGreaterThan(100_000)
  expect(files[1]?.equals(files[0] ?? Buffer.alloc(0))).toBe(true)
})

/** A PATH of links to the programs of an encode, of which one is replaced. @param script undefined: it is missing */
async function brokenPath(name: string, script: string | undefined, mode = 0o755): Promise<void> {
  const before = process.env['PATH']
  const bin = join(folder.path, `bin-${(count += 1)}`)
  await mkdir(bin)
  for (const program of ['nice', 'prlimit', 'setpriv', 'ldd', 'ffmpeg', 'SvtAv1EncApp'])
    if (program !== name) await symlink(findProgram(program) ?? '', join(bin, program))
  if (script !== undefined) await writeFile(join(bin, name), script, { mode })
  onTestFinished(() => void (process.env['PATH'] = before))
  process.env['PATH'] = bin
}

/** SVT-AV1 waits for ever where its input ends after the header. */
const encodeScene = async () => {
  const workDir = join(folder.path, `encoded-${(count += 1)}`)
  return encodeClip(clip, scene(), { encoder: 'svt', params: '--preset 12', workDir }, signal)
}

const FAILS = '#!/bin/sh\nexit 127\n'

test.for([
  ['ffmpeg', 'is missing', undefined, /^ffmpeg is not installed: /],
  ['SvtAv1EncApp', 'is missing', undefined, /^SvtAv1EncApp is not installed: /],
  ['ffmpeg', 'ends at once', FAILS, /^ffmpeg ended with exit code 127/],
  ['SvtAv1EncApp', 'ends at once', FAILS, /^SvtAv1EncApp ended with exit code 127/],
  ['setpriv', 'ends at once', FAILS, / ended with exit code 127/]
] as const)('a chain ends and names %s where it %s', async ([name, , script, words]) => {
  await brokenPath(name, script)
  await expect(encodeScene()).rejects.toThrow(words)
})

test.for(['ffmpeg', 'SvtAv1EncApp'])('a chain ends and names %s where its file may not be run', async (name) => {
  await brokenPath(name, FAILS, 0o644)
  await expect(encodeScene()).rejects.toThrow(`${name} is not installed: `)
})

test('a chain runs with programs that are links outside of the system folders', async () => {
  await brokenPath('no-such-program', undefined)
  expect((await encodeScene()).bytes).toBeGreaterThan(0)
})
