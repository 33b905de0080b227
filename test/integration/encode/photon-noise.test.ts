import { execFileSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinProject, tryParams, verifySegment } from '../../../src/encode/index.ts'
import { ENCODERS, filmGrain, grainValue, readGrainEntries, readGrainTable } from '../../../src/encode/rules/index.ts'
import { photonNoiseTable } from '../../../src/encode/rules/photon-noise.ts'
import { fullHashes, makeBase, makeOddClip, tempFolder } from '../../fixtures/encode-clips.ts'
import { encodeClip, prepareClip, type PreparedClip } from '../../fixtures/encode-scenes.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
const FAST = '--cpu-used=6 --end-usage=q --cq-level=40'
const noise = (times: string): string =>
  photonNoiseTable({ iso: 6400, width: 64, height: 64, transfer: 'bt709' }).replace(/(?<=E )\d+ \d+/, times)
const TWO = filmGrain(readGrainEntries(noise('0 9999999') + noise('20000000 29999999').replace('filmgrn1\n', '')))
const SILENT = TWO.value
const LOUD = TWO.zones[0]!.params.replace('--grain-table=', '')
let folder: Awaited<ReturnType<typeof tempFolder>>
let clip: PreparedClip
let folders = 0

beforeAll(async () => {
  folder = await tempFolder()
  const base = await makeBase(folder.path)
  clip = await prepareClip(await makeOddClip(base, folder.path, 'open GOP H.264'), folder.path, 'open', signal)
})
afterAll(() => folder.remove())

/** The first scenes of the clip, with these parameters or each with its own. */
async function encodeAll(given: string | readonly string[], threads: number) {
  const segments: { file: string; frames: number; sha256: string; header: string }[] = []
  const { video } = clip.source
  for (const [at, scene] of clip.scenes.slice(0, 2).entries()) {
    const params = typeof given === 'string' ? given : (given[at] ?? '')
    const workDir = join(folder.path, `work-${(folders += 1)}`)
    const { file, sha256 } = await encodeClip(clip, scene, { encoder: 'aom', params, threads, workDir }, signal)
    expect(await readdir(workDir)).toEqual(['scene.ivf'])
    const { frames } = scene
    const { sequenceHeader: header } = await verifySegment(
      { file, encoder: 'aom', frames, video, bitDepth: 8 },
      { signal }
    )
    segments.push({ file, frames, sha256, header })
  }
  return segments
}

/** `film_grain_params_present` is the last bit of a sequence header before the 1 and the zeros that end it. */
function filmGrainPresent(header: string): boolean {
  const bits = [...Buffer.from(header, 'hex')].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return bits[bits.lastIndexOf('1') - 1] === '1'
}

/** Of the frames without their grain. */
function cleanHashes(file: string): (string | undefined)[] {
  const show = ['-v', 'error', '-filmgrain', '0', '-i', file, '-map', '0:v', '-fps_mode', 'passthrough']
  const clean = execFileSync('ffmpeg', [...show, '-f', 'framehash', '-hash', 'murmur3', '-'], { encoding: 'utf8' })
  return clean
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => line.split(',')[5]?.trim())
}

test('grain of a number: in every header, the same bytes again, in the joined file and seen', async () => {
  const segments = await encodeAll(`${FAST} --photon-noise=6400`, 1)
  const plain = await encodeAll(FAST, 1)
  expect(new Set(segments.map(({ header }) => header)).size).toBe(1)
  expect(segments.map(({ header }) => filmGrainPresent(header))).toEqual([true, true])
  expect(plain.map(({ header }) => filmGrainPresent(header))).toEqual([false, false])
  const again = await encodeAll(`${FAST} --photon-noise=6400`, 4)
  expect(again.map(({ sha256 }) => sha256)).toEqual(segments.map(({ sha256 }) => sha256))

  const frames = segments.reduce((sum, segment) => sum + segment.frames, 0)
  const output = join(folder.path, 'out.mkv')
  const { source } = clip
  await joinProject(
    {
      source,
      encoder: 'aom',
      segments,
      timestampsMs: clip.timestampsMs.slice(0, frames),
      output,
      overwrite: false,
      workDir: folder.path,
      onProgress: () => {}
    },
    { signal }
  )
  const grainy = await fullHashes(output)
  expect(grainy).toHaveLength(frames)
  // Without its grain the picture is another one in every frame.
  const hashes = cleanHashes(output)
  expect(hashes).toHaveLength(frames)
  expect(grainy.filter((hash, index) => hash === hashes[index])).toEqual([])
})

test('scenes with tables of their own have one header, and one without grain shows none', async () => {
  const [silent, grainy] = await encodeAll([`${FAST} --grain-table=${SILENT}`, `${FAST} --grain-table=${LOUD}`], 1)
  expect(silent!.header).toBe(grainy!.header)
  expect(filmGrainPresent(silent!.header)).toBe(true)
  const shown = async (file: string): Promise<readonly boolean[]> => {
    const [seen, clean] = [await fullHashes(file), cleanHashes(file)]
    expect(seen).toHaveLength(clean.length)
    return [...new Set(seen.map((hash, index) => hash !== clean[index]))]
  }
  expect(await shown(silent!.file)).toEqual([false])
  expect(await shown(grainy!.file)).toEqual([true])
  const [, again] = await encodeAll([`${FAST} --grain-table=${SILENT}`, `${FAST} --grain-table=${LOUD}`], 4)
  expect(again!.sha256).toBe(grainy!.sha256)
})

test('a file of the owner is refused, a trial encode has a table of numbers', async () => {
  const { aom } = ENCODERS
  expect(() => aom.parseParams('--photon-noise=400 --film-grain-table=/etc/passwd')).toThrow(/names a file/)
  await tryParams(aom.parseParams('--cpu-used=6 --photon-noise=100 --transfer-characteristics=smpte2084'), { signal })
  const table = grainValue(readGrainTable(photonNoiseTable({ iso: 400, width: 64, height: 64, transfer: 'bt709' })))
  await tryParams(aom.parseParams(`--cpu-used=6 --grain-table=${table}`), { signal })
})

test.for(['--film-grain-test=5', '--denoise-noise-level=25'])('%s does not depend on threads', async (flag) => {
  const scene = clip.scenes[1]!
  const hashes = new Set<string>()
  for (const threads of [1, 4]) {
    const workDir = join(folder.path, `work-${(folders += 1)}`)
    const made = await encodeClip(clip, scene, { encoder: 'aom', params: `${FAST} ${flag}`, threads, workDir }, signal)
    hashes.add(made.sha256)
  }
  expect(hashes.size).toBe(1)
})
