import { execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chaptersOfPart } from '../../../src/encode/join/part.ts'
import { type JoinInput, joinProject } from '../../../src/encode/index.ts'
import { parseRange } from '../../../src/encode/rules/index.ts'
import { ffmpeg, makeBase, makeRichClip, makeSoundMp4, packetTimesMs, tempFolder } from '../../fixtures/encode-clips.ts'
import { encodeClip, prepareClip } from '../../fixtures/encode-scenes.ts'
import { isNightly } from '../../nightly.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>
let base = ''
let folders = 0

beforeAll(async () => {
  folder = await tempFolder()
  base = await makeBase(folder.path)
})
afterAll(() => folder.remove())

async function fresh(): Promise<string> {
  const path = join(folder.path, `part-${(folders += 1)}`)
  await mkdir(path)
  return path
}

async function encodePart(file: string, range: string): Promise<JoinInput> {
  const clip = await prepareClip(file, await fresh(), 'clip', signal, { range: parseRange(range) })
  const segments: { file: string; frames: number }[] = []
  for (const scene of clip.scenes) {
    const init = { encoder: 'vp9', params: '--cpu-used=8 --end-usage=q --cq-level=50', workDir: await fresh() } as const
    segments.push({ file: (await encodeClip(clip, scene, init, signal)).file, frames: scene.frames })
  }
  const { source, timestampsMs, kept } = clip
  const places = { output: join(await fresh(), 'out.mkv'), workDir: await fresh() }
  return { source, encoder: 'vp9', segments, timestampsMs, kept, overwrite: false, onProgress: () => {}, ...places }
}

interface Packet {
  readonly ms: number
  readonly hash: string
}

/** Packets of a stream with what is in them. */
function packets(file: string, stream: string): Packet[] {
  const show = ['-select_streams', stream, '-show_entries', 'packet=pts_time,data_hash', '-show_data_hash', 'md5']
  const text = execFileSync('ffprobe', ['-v', 'error', ...show, '-of', 'json', file], { encoding: 'utf8' })
  const { packets: all = [] } = JSON.parse(text) as { packets?: { pts_time: string; data_hash: string }[] }
  return all.map((packet) => ({ ms: Number(packet.pts_time) * 1000, hash: packet.data_hash }))
}

/** The packets that begin in the part, with their times counted from its start. */
const inPart = (all: readonly Packet[], startMs: number, endMs: number): Packet[] =>
  all.filter(({ ms }) => ms >= startMs && ms < endMs).map(({ ms, hash }) => ({ ms: ms - startMs, hash }))

/** Times in both files are whole milliseconds, the start between them is not. */
const ROUNDING_MS = 2.5

function expectSame(found: readonly Packet[], wanted: readonly Packet[]): void {
  expect(found.length).toBeGreaterThan(0)
  expect(found.map(({ hash }) => hash)).toEqual(wanted.map(({ hash }) => hash))
  for (const [n, { ms }] of found.entries())
    expect(Math.abs(ms - (wanted[n]?.ms ?? 0))).toBeLessThanOrEqual(ROUNDING_MS)
}

const chaptersOf = (file: string): (readonly [number, number, string])[] => {
  const text = execFileSync('ffprobe', ['-v', 'error', '-show_chapters', '-of', 'json', file], { encoding: 'utf8' })
  const { chapters } = JSON.parse(text) as {
    chapters: { start_time: string; end_time: string; tags: { title: string } }[]
  }
  return chapters.map((one) => [Number(one.start_time), Number(one.end_time), one.tags.title] as const)
}

test('of Matroska: sound packet by packet, subtitles, chapters, attachments; the same bytes again', async () => {
  const file = await makeRichClip(base, folder.path)
  const input = await encodePart(file, '00:02.0-00:05.0')
  const { startMs = 0, endMs = 0 } = input.kept ?? {}
  // Where the clip begins is ffmpeg's choice: at 7 ms or at 0.
  const [firstMs = 0] = await packetTimesMs(file)
  expect([startMs, endMs].map(Math.round)).toEqual([firstMs + 2000, firstMs + 5000])
  const made = await joinProject(input, { signal })
  const times = await packetTimesMs(made.path)
  expect(times).toHaveLength(72)
  expect(times[0]).toBe(0)
  for (const stream of ['a:0', 'a:1', 's:0'])
    expectSame(packets(made.path, stream), inPart(packets(file, stream), startMs, endMs))
  expect(chaptersOf(made.path)).toEqual([
    [0, (1000 - firstMs) / 1000, 'One'],
    [(1000 - firstMs) / 1000, 3, 'Two']
  ])
  const identified = execFileSync('mkvmerge', ['-J', made.path], { encoding: 'utf8' })
  expect(JSON.parse(identified)).toMatchObject({
    attachments: [{ file_name: 'notes.txt' }],
    container: { properties: { title: 'Rich' } }
  })
  const again = await joinProject(
    { ...input, output: join(await fresh(), 'x.mkv'), workDir: await fresh() },
    { signal }
  )
  expect(again.sha256).toBe(made.sha256)
})

test('of MP4 and a transport stream, and to the end', async () => {
  const mp4 = await makeSoundMp4(base, folder.path)
  const stream = join(folder.path, 'sound.ts')
  await ffmpeg('-i', mp4, '-c', 'copy', '-muxdelay', '0', stream)
  for (const file of [mp4, stream]) {
    const input = await encodePart(file, '150f-')
    expect(input.kept?.endMs).toBeUndefined()
    const made = await joinProject(input, { signal })
    expect(await packetTimesMs(made.path)).toHaveLength(30)
    // What ffprobe says of the source counts from wherever its container begins.
    const offset = (packetTimes: readonly number[]): number => Math.min(...packetTimes.filter(Number.isFinite))
    const startMs = offset(await packetTimesMs(file)) + (150 * 1000) / 24
    const wanted = inPart(packets(file, 'a:0'), startMs, Infinity)
    // AAC has a header in each packet of a transport stream and none in Matroska.
    const comparable = (all: readonly Packet[]) => (file === mp4 ? all : all.map(({ ms }) => ({ ms, hash: '' })))
    expectSame(comparable(packets(made.path, 'a:0')), comparable(wanted))
  }
})

test('a part without any sound or subtitle in it keeps the empty tracks', async () => {
  const late = join(folder.path, 'late.mkv')
  const sound = await makeSoundMp4(base, folder.path)
  await ffmpeg('-i', base, '-itsoffset', '4', '-i', sound, '-map', '0:v', '-map', '1:a', '-c', 'copy', '-t', '7', late)
  const made = await joinProject(await encodePart(late, '-00:01.0'), { signal })
  expect(packets(made.path, 'a:0')).toEqual([])
  expect(await packetTimesMs(made.path)).toHaveLength(24)
})

test('of a source that has nothing but its video', async () => {
  const file = join(folder.path, 'silent.mp4')
  await ffmpeg('-i', base, '-c', 'copy', file)
  // In the gate from MP4 alone, which has a clock of its own.
  for (const source of isNightly ? [base, file] : [file]) {
    const made = await joinProject(await encodePart(source, '100-112'), { signal })
    expect(await packetTimesMs(made.path)).toHaveLength(12)
    expect(chaptersOf(made.path)).toEqual([])
  }
})

test('chapters are cut, shifted, and cannot break out of their file', () => {
  const chapter = (startMs: number, endMs: number, title: string) => ({ startMs, endMs, title })
  const all = [chapter(0, 1000, 'before'), chapter(1000, 3000.5, '<a> & "b"\u0001'), chapter(3000.5, 9000, 'after')]
  const xml = chaptersOfPart(all, { startMs: 1500, endMs: 3000.5 })
  expect(xml).toContain('<ChapterTimeStart>00:00:00.000000000</ChapterTimeStart><ChapterTimeEnd>00:00:01.500500000<')
  expect(xml).toContain('<ChapterString>&lt;a&gt; &amp; &quot;b&quot; </ChapterString>')
  expect(xml).not.toMatch(/before|after/)
  expect(chaptersOfPart(all, { startMs: 20_000, endMs: undefined })).toBeUndefined()
})
