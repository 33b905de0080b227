import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkFilm, type JoinInput, joinProject } from '../../../src/encode/index.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { click, joinInput, makeSegments, onsetMs, PICTURE } from '../../fixtures/join-clips.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>
let segments: JoinInput['segments']
const at = (name: string): string => join(folder.path, name)
beforeAll(async () => {
  folder = await tempFolder()
  segments = await makeSegments(folder.path, 'vp9')
})
afterAll(() => folder.remove())

/** Pieces of a tone, one behind the other: at each seam packets are shorter than their blocks say. */
async function spliced(codec: string): Promise<string> {
  const lines: string[] = []
  for (const [n, seconds] of [0.3, 0.5, 0.3, 0.6].entries()) {
    await ffmpeg('-f', 'lavfi', '-i', `sine=f=440:r=44100:d=${seconds}`, '-c:a', codec, at(`${codec}-${n}.mkv`))
    lines.push(`file '${codec}-${n}.mkv'\n`)
  }
  await writeFile(at(`${codec}.txt`), lines.join(''))
  const file = at(`spliced-${codec}.mkv`)
  await ffmpeg('-f', 'concat', '-safe', '0', '-i', at(`${codec}.txt`), '-c', 'copy', file)
  return file
}

/** Silence, whose packets of Vorbis are a byte each, and then a tone. */
async function clicking(codec: string): Promise<string> {
  const file = at(`click-${codec}.mkv`)
  await ffmpeg(...click('stereo', 2), '-c:a', codec, file)
  return file
}

/** What is done with the times of a track, as ffmpeg's filter of packets, and by how much its tone is later. */
const TIMES = {
  kept: { filter: 'null', lateMs: 0 },
  later: { filter: 'setts=ts=if(gt(TS*TB\\,0.5)\\,TS+0.05/TB\\,TS)', lateMs: 50 },
  slower: { filter: 'setts=ts=TS*1.03', lateMs: 33 },
  hole: { filter: 'noise=drop=gt(pts\\,0.4/tb)*lt(pts\\,0.9/tb)', lateMs: 0 }
} as const

type Track = readonly [sound: string, times: keyof typeof TIMES]

async function filmOf(name: string, ending: string, codec: readonly string[], tracks: readonly Track[]) {
  const file = at(`${name}.${ending}`)
  const inputs = tracks.flatMap(([sound]) => ['-i', sound])
  const maps = ['-map', '0', ...tracks.flatMap((_, n) => ['-map', `${n + 1}`])]
  const filters = tracks.flatMap(([, times], n) => [`-bsf:a:${n}`, TIMES[times].filter])
  await ffmpeg(...PICTURE.input, ...inputs, ...maps, ...codec, '-c:a', 'copy', ...filters, file)
  const input = await joinInput(file, ending, { folder: folder.path, segments, encoder: 'vp9' })
  const { path } = await joinProject(input, { signal })
  return { path, ...(await checkFilm(input, { path }, { signal })) }
}

const VP9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8']

test.for([
  ['mkv', PICTURE.codec],
  ['webm', VP9]
] as const)('sound whose times mkvmerge would count keeps those of the source: .%s', async ([ending, codec]) => {
  const vorbis = await clicking('libvorbis')
  const clicks = (['kept', 'later', 'slower', 'hole'] as const).map((times): Track => [vorbis, times])
  const others: readonly Track[] =
    ending === 'webm'
      ? [[await spliced('libvorbis'), 'kept']]
      : [
          [await spliced('libvorbis'), 'kept'],
          [await spliced('tta'), 'kept'],
          [await clicking('tta'), 'later']
        ]
  const { path, tracks } = await filmOf('counted', ending, codec, [...clicks, ...others])
  expect(tracks.map(({ by }) => by)).toEqual(tracks.map(() => 'bytes'))
  expect(tracks).toHaveLength(clicks.length + others.length)
  for (const { offMs } of tracks) expect(Math.abs(offMs)).toBeLessThan(1)
  const late = clicks.map((_, n) => onsetMs(path, n) - 1100)
  for (const [n, [, times]] of clicks.entries())
    expect(Math.abs((late[n] ?? NaN) - TIMES[times].lateMs)).toBeLessThan(15)
})
