import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PieceDecode, startPieceDecode } from '../../../src/encode/programs/decode.ts'
import { hashOfFrames } from '../../../src/encode/programs/frame-hash.ts'
import { type MediaProcess, startProcess } from '../../../src/encode/programs/process.ts'
import {
  checkY4mHeader,
  startOwnRelay,
  startShellRelay,
  type Y4mRelayInit
} from '../../../src/encode/scene/y4m-relay.ts'
import { type VideoFormat, y4mHeader } from '../../../src/encode/rules/index.ts'
import { makeBase, makeOddClip, tempFolder } from '../../fixtures/encode-clips.ts'
import { prepareClip, type PreparedClip } from '../../fixtures/encode-scenes.ts'
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
  (stop: AbortSignal = signal): Y4mRelayInit['decode'] =>
  (y4m) =>
    startPieceDecode(scene(), { signal: stop, y4m, nice: 0 })

const RELAYS = { shell: startShellRelay, 'this process': startOwnRelay }

describe.for(Object.entries(RELAYS))('frames through %s', ([, start]) => {
  async function passOn(video: VideoFormat): Promise<{ bytes: Buffer; decoding: PieceDecode; checked: Promise<void> }> {
    const file = join(folder.path, `passed-${(count += 1)}`)
    const keeping = startKeeping(file)
    const relay = start({ video, to: keeping.stdin, nice: 0, signal, decode: decodeScene() })
    await relay.decoding.process.ended
    const checked = checkY4mHeader(relay, video)
    checked.catch(() => {})
    await relay.ended
    await keeping.ended
    return { bytes: await readFile(file), decoding: relay.decoding, checked }
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
    const relay = start({ video, to: keeping.stdin, nice: 0, signal, decode: decodeScene() })
    expect(relay.stoppedReading(await relay.decoding.process.ended)).toBe(true)
    await relay.ended.catch(() => {})
  })

  test('end with their signal', async () => {
    const stop = new AbortController()
    const keeping = startProcess('sleep', ['60'], { signal: stop.signal, stdin: 'pipe' })
    const { video } = clip.source
    const relay = start({ video, to: keeping.stdin, nice: 0, signal: stop.signal, decode: decodeScene(stop.signal) })
    stop.abort(new Error('enough'))
    const ends = await Promise.allSettled([relay.ended, relay.decoding.process.ended, keeping.ended])
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  })
})

test('both pass on the same bytes', async () => {
  const { video } = clip.source
  const files = await Promise.all(
    Object.values(RELAYS).map(async (start) => {
      const file = join(folder.path, `both-${(count += 1)}`)
      const keeping = startKeeping(file)
      const relay = start({ video, to: keeping.stdin, nice: 0, signal, decode: decodeScene() })
      await relay.decoding.process.ended
      await relay.ended
      await keeping.ended
      return readFile(file)
    })
  )
  expect(files[0]?.length).toBeGreaterThan(100_000)
  expect(files[1]?.equals(files[0] ?? Buffer.alloc(0))).toBe(true)
})
