import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPieceDecode } from '../../../src/encode/programs/decode.ts'
import { prepareSource, probeSource } from '../../../src/encode/index.ts'
import { beginsWithin } from '../../../src/encode/prepare/leading.ts'
import { ffmpeg, fullHashes, makeBase, tempFolder } from '../../fixtures/encode-clips.ts'
import { damageMiddle } from '../../fixtures/odd-sources.ts'
import { patience } from '../../fixtures/patience.ts'
import { rowsOf } from '../../nightly.ts'

const signal = patience()
const PACKET_BYTES = 188
let folder: Awaited<ReturnType<typeof tempFolder>>
let base = ''

beforeAll(async () => {
  folder = await tempFolder()
  base = await makeBase(folder.path)
})
afterAll(() => folder.remove())

/** Transport streams as they are broadcast, with a key picture every 20 frames. */
const BROADCASTS: Readonly<Record<string, readonly string[]>> = {
  h264: '-c:v libx264 -preset ultrafast -bf 2 -g 20 -pix_fmt yuv420p'.split(' '),
  'h264 with open groups':
    '-c:v libx264 -preset veryfast -bf 2 -pix_fmt yuv420p -x264-params keyint=20:open-gop=1:scenecut=0'.split(' '),
  hevc: '-c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params keyint=20:bframes=2:log-level=none'.split(' '),
  mpeg2: '-c:v mpeg2video -q:v 3 -bf 2 -g 20'.split(' '),
  'mpeg2 with closed groups': '-c:v mpeg2video -q:v 3 -bf 2 -g 20 -flags +cgop -sc_threshold 1000000000'.split(' ')
}

async function broadcast(name: string): Promise<string> {
  const file = join(folder.path, `${name.replaceAll(' ', '-')}.ts`)
  await ffmpeg('-i', base, '-map', '0:v:0', ...(BROADCASTS[name] ?? []), file)
  return file
}

/** What a recorder makes that was switched on later. */
async function switchedOnLater(whole: string, share: number): Promise<string> {
  const file = whole.replace('.ts', `-${share}.ts`)
  const data = await readFile(whole)
  await writeFile(file, data.subarray(Math.floor((data.length / PACKET_BYTES) * share) * PACKET_BYTES))
  return file
}

async function prepared(file: string): Promise<{ readonly hashes: string[]; readonly warnings: string[] }> {
  const source = await probeSource(file, { signal })
  const workDir = `${file}.work`
  await mkdir(workDir, { recursive: true })
  const [hashes, warnings]: [string[], string[]] = [[], []]
  const scenes = { minFrames: 12, maxFrames: 60, threshold: undefined }
  const onWarning = (sentence: string): void => void warnings.push(sentence)
  const input = { source, scenes, workDir, skipPiece: () => false, onProgress: () => {}, onWarning }
  for await (const event of prepareSource(input, { signal })) {
    if (event.type !== 'scene') continue
    hashes.push(...(await startPieceDecode(event.scene, { signal, y4m: undefined, nice: 0 }).hashes))
  }
  return { hashes, warnings }
}

const damage = (warnings: readonly string[]): string[] => warnings.filter((one) => one.includes('damaged'))

/** The same codecs with open groups, of which less can be shown, are tried in the gate. */
const AT_NIGHT = new Set(['h264', 'mpeg2 with closed groups'])

test.for(rowsOf(BROADCASTS, AT_NIGHT))(
  'a recording of %s that begins within a group is not damaged, and is the film from its first key picture',
  async ([name]) => {
    const whole = await broadcast(name)
    expect(await beginsWithin({ path: whole, videoStream: 0 }, { signal })).toBe(false)
    const truth = await fullHashes(whole)
    for (const share of [0.06, 0.2]) {
      const file = await switchedOnLater(whole, share)
      const { hashes, warnings } = await prepared(file)
      expect(damage(warnings)).toEqual([])
      expect(hashes.length).toBeGreaterThan(100)
      expect(hashes).toEqual(truth.slice(-hashes.length))
    }
  }
)

test('damage in its middle is damage all the same', async () => {
  const file = await switchedOnLater(await broadcast('h264'), 0.06)
  expect(await beginsWithin({ path: file, videoStream: 0 }, { signal })).toBe(true)
  const harmed = join(folder.path, 'harmed.ts')
  await copyFile(file, harmed)
  await damageMiddle(harmed, 0.5, 4000)
  expect(damage((await prepared(harmed)).warnings)).toHaveLength(1)
})
