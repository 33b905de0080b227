import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkFilm, type JoinedFile, type JoinInput, joinProject } from '../../../src/encode/index.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { click, joinInput, makeSegments, makeSubtitles, PICTURE } from '../../fixtures/join-clips.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>
let input: JoinInput
/** Made and checked as by an owner, whose scenes were decoded before. */
let made: JoinedFile
let film = ''
const at = (name: string): string => join(folder.path, name)
const mkv = (...args: string[]): Buffer => execFileSync('mkvmerge', ['--quiet', ...args])
const edit = (...args: string[]): Buffer => execFileSync('mkvpropedit', ['--quiet', ...args])

/** Segments with the hashes of their files. */
const hashed = async (segments: JoinInput['segments']): Promise<JoinInput['segments']> =>
  Promise.all(
    segments.map(async (segment) => {
      const sha256 = createHash('sha256')
        .update(await readFile(segment.file))
        .digest('hex')
      return { ...segment, sha256 }
    })
  )

const CHAPTERS = [0, 800].map(
  (start) => `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${start}\nEND=${start + 800}\ntitle=${start}\n`
)

beforeAll(async () => {
  folder = await tempFolder()
  await writeFile(at('words.txt'), `;FFMETADATA1\ntitle=Rich\nartist=Somebody\n${CHAPTERS.join('')}`)
  await writeFile(at('notes.txt'), 'attached')
  const inputs = [
    ...PICTURE.input,
    ...click('stereo', 2),
    '-i',
    await makeSubtitles(folder.path),
    '-i',
    at('words.txt')
  ]
  const maps = ['-map', '0', '-map', '1', '-map', '2', '-map_metadata', '3', '-map_chapters', '3']
  const codecs = [
    ...PICTURE.codec,
    '-c:a',
    'aac',
    '-metadata:s:a',
    'comment=Mixed',
    '-c:s',
    'srt',
    '-attach',
    at('notes.txt')
  ]
  await ffmpeg(...inputs, ...maps, ...codecs, '-metadata:s:t', 'mimetype=text/plain', at('plain.mkv'))
  mkv(
    '-o',
    at('source.mkv'),
    '--language',
    '0:pt-BR',
    '--language',
    '1:pt-BR',
    '--language',
    '2:zh-Hant',
    '--track-name',
    '1:Som',
    '--forced-display-flag',
    '2:1',
    '--stereo-mode',
    '0:1',
    '--projection-pose-roll',
    '0:90',
    at('plain.mkv')
  )
  const segments = await hashed(await makeSegments(folder.path, 'vp9'))
  input = {
    ...(await joinInput(at('source.mkv'), 'mkv', { folder: folder.path, segments, encoder: 'vp9' })),
    decoded: true
  }
  made = await joinProject(input, { signal })
  film = made.path
})
afterAll(() => folder.remove())

/** What the check says of the film after something was done to it. */
async function said(name: string, plant: (file: string) => unknown): Promise<string> {
  const file = at(`${name}.mkv`)
  await plant(file)
  return wordsOf(checkFilm(input, { ...made, path: file }, { signal }))
}
const wordsOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: Error) => error.message
  )

/** The same of many, a few at a time. */
async function allSaid(plants: Readonly<Record<string, (file: string) => unknown>>): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  const waiting = Object.entries(plants)
  const next = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) found[one[0]] = await said(...one)
  }
  await Promise.all([next(), next(), next()])
  return found
}

const copied =
  (...args: string[]) =>
  (file: string): unknown =>
    mkv('-o', file, ...args)
const edited =
  (...args: string[]) =>
  async (file: string): Promise<void> => {
    await writeFile(file, await readFile(film))
    edit(file, ...args)
  }

/** Lets two packets of sound that have as many bytes change places in the file. */
async function swapPackets(file: string): Promise<void> {
  const show = ['-v', 'error', '-select_streams', 'a:0', '-show_entries', 'packet=size', '-of', 'csv=p=0', film]
  const sizes = execFileSync('ffprobe', show, { encoding: 'utf8' }).split('\n').map(Number.parseFloat)
  const sound = execFileSync('ffmpeg', ['-v', 'error', '-i', film, '-map', '0:a', '-c', 'copy', '-f', 'data', '-'])
  let at = 0
  const packets = sizes
    .filter((size) => size > 0)
    .map((size) => {
      at += size
      return sound.subarray(at - size, at)
    })
  const bytes = await readFile(film)
  const [one, other] = packets
    .flatMap((a, n) => packets.slice(n + 1).map((b) => [a, b] as const))
    .find(([a, b]) => a.length > 20 && a.length === b.length && !a.equals(b)) ?? [sound, sound]
  const [first, second] = [bytes.indexOf(one), bytes.indexOf(other)]
  expect(Math.min(first, second)).toBeGreaterThan(0)
  bytes.set(other, first)
  bytes.set(one, second)
  await writeFile(file, bytes)
}

/** Changes a bit at the end of the last picture. */
async function flipLastPacket(file: string): Promise<void> {
  const bytes = await readFile(film)
  const pictures = execFileSync('ffmpeg', ['-v', 'error', '-i', film, '-map', '0:v', '-c', 'copy', '-f', 'data', '-'])
  const last = bytes.indexOf(pictures.subarray(-16))
  expect(last).toBeGreaterThan(0)
  bytes[last + 15] = (bytes[last + 15] ?? 0) ^ 1
  await writeFile(file, bytes)
}

test('a film without a fault passes, a copy of it too', async () => {
  expect(await said('same', async (file) => writeFile(file, await readFile(film)))).toBe('nothing')
})

test('every planted fault is found and named', async () => {
  const found = await allSaid({
    late: copied('--sync', '1:200', film),
    littleLate: copied('--sync', '1:30', film),
    early: copied('--sync', '1:-200', film),
    slower: copied('--sync', '1:0,1005/1000', film),
    swapped: swapPackets,
    subtitle: copied('--sync', '2:300', film),
    subtitleLate: copied('--sync', '2:12', film),
    longer: async (file) => {
      const longer = ['-bsf:s', 'setts=pts=PTS:dts=DTS:duration=DURATION*1.3']
      await ffmpeg('-copyts', '-i', film, '-map', '0', '-c', 'copy', ...longer, '-default_mode', 'passthrough', file)
    },
    tag: copied('--no-global-tags', film),
    trackTag: copied('--no-track-tags', film),
    noLanguage: edited('--edit', 'track:a1', '--set', 'language=und'),
    region: edited('--edit', 'track:a1', '--set', 'language-ietf=pt-PT'),
    script: edited('--edit', 'track:s1', '--set', 'language-ietf=zh'),
    name: edited('--edit', 'track:a1', '--set', 'name=Sound'),
    flag: edited('--edit', 'track:s1', '--set', 'flag-forced=0'),
    silent: copied('--no-audio', film),
    lost: async (file) => {
      const drop = ['-bsf:a', 'noise=drop=eq(n\\,20)', '-default_mode', 'passthrough']
      await ffmpeg('-copyts', '-i', film, '-map', '0', '-c', 'copy', ...drop, file)
    },
    chapter: async (file) => {
      const moved = execFileSync('mkvextract', [film, 'chapters', '-'], { encoding: 'utf8' })
      await writeFile(at('moved.xml'), moved.replaceAll('00:00:00.800', '00:00:01.000'))
      mkv('-o', file, '--chapters', at('moved.xml'), '--no-chapters', film)
    },
    chapters: copied('--no-chapters', film),
    attachment: async (file) => {
      await writeFile(at('other.txt'), 'Attached')
      await edited('--attachment-name', 'notes.txt', '--replace-attachment', `1:${at('other.txt')}`)(file)
    },
    attachments: copied('--no-attachments', film),
    title: edited('--edit', 'info', '--set', 'title=Poor'),
    rate: edited('--edit', 'track:v1', '--set', 'default-duration=42000000'),
    roll: edited('--edit', 'track:v1', '--set', 'projection-pose-roll=0'),
    stereo: edited('--edit', 'track:v1', '--set', 'stereo-mode=0'),
    language: edited('--edit', 'track:v1', '--set', 'language-ietf=pt'),
    size: edited('--edit', 'track:v1', '--set', 'display-width=320'),
    picture: copied('--sync', '0:40', film),
    codec: edited('--edit', 'track:v1', '--set', 'codec-id=V_VP8'),
    bit: flipLastPacket,
    lostPicture: async (file) => {
      const drop = ['-bsf:v', 'noise=drop=eq(n\\,40)', '-default_mode', 'passthrough']
      await ffmpeg('-copyts', '-i', film, '-map', '0', '-c', 'copy', ...drop, file)
    },
    latePicture: async (file) => {
      const late = ['-bsf:v', 'setts=ts=TS+eq(N\\,40)*12/TB/1000', '-default_mode', 'passthrough']
      await ffmpeg('-copyts', '-i', film, '-map', '0', '-c', 'copy', ...late, file)
    },
    scenes: async (file) => {
      const workDir = at('scenes')
      await mkdir(workDir)
      await joinProject({ ...input, segments: input.segments.toReversed(), output: file, workDir }, { signal })
    }
  })
  expect(found).toEqual({
    late: expect.stringMatching(/audio track 1: packet 1 at 0\.\d+ s is 200 ms late/) as unknown,
    littleLate: expect.stringMatching(/audio track 1: packet 1 at 0\.\d+ s is (?:29|30|31) ms late/) as unknown,
    early: expect.stringMatching(/audio track 1/) as unknown,
    slower: expect.stringMatching(/audio track 1: packet \d+ at 0\.\d+ s is 4 ms late/) as unknown,
    swapped: expect.stringMatching(/audio track 1: packet \d+ at \d\.\d+ s is not the source's/) as unknown,
    subtitle: expect.stringMatching(/subtitle track 1: packet 1 at 0\.5\d+ s is 300 ms late/) as unknown,
    subtitleLate: expect.stringMatching(/subtitle track 1: packet 1 at 0\.5\d+ s is 12 ms late/) as unknown,
    longer: expect.stringMatching(
      /subtitle track 1: what begins at 0\.5\d+ s ends at 1\.1\d+ s, not 1\.0\d+ s/
    ) as unknown,
    tag: expect.stringMatching(/its tag ARTIST is missing, not "Somebody"/) as unknown,
    trackTag: expect.stringMatching(/audio track 1: its tag COMMENT is missing, not "Mixed"/) as unknown,
    noLanguage: expect.stringMatching(/audio track 1: its language ietf is und, not pt-BR/) as unknown,
    region: expect.stringMatching(/audio track 1: its language ietf is pt-PT, not pt-BR/) as unknown,
    script: expect.stringMatching(/subtitle track 1: its language ietf is zh, not zh-Hant/) as unknown,
    name: expect.stringMatching(/audio track 1: its track name is Sound, not Som/) as unknown,
    flag: expect.stringMatching(/subtitle track 1: its forced track is false, not true/) as unknown,
    silent: expect.stringMatching(/0 audio streams, not 1/) as unknown,
    lost: expect.stringMatching(/audio track 1: it has \d+ packets, not \d+/) as unknown,
    chapter: expect.stringMatching(/chapter 2 begins at 1 s, not 0\.8 s/) as unknown,
    chapters: expect.stringMatching(/0 chapters, not 2/) as unknown,
    attachment: expect.stringMatching(/attachment "notes.txt" is not the source's/) as unknown,
    attachments: expect.stringMatching(/0 attachments, not 1/) as unknown,
    title: expect.stringMatching(/title is "Poor", not "Rich"/) as unknown,
    rate: expect.stringMatching(/default duration is 42000000, not 41666667/) as unknown,
    roll: expect.stringMatching(/projection pose roll is 0, not 90/) as unknown,
    stereo: expect.stringMatching(/stereo mode is 0, not 1/) as unknown,
    language: expect.stringMatching(/language ietf is pt, not pt-BR/) as unknown,
    size: expect.stringMatching(/display dimensions/) as unknown,
    picture: expect.stringMatching(/frame 0 is at/) as unknown,
    codec: expect.stringMatching(/ffmpeg ended|decodes to|packets of scene/) as unknown,
    bit: expect.stringMatching(/the packets of scene 2 are not those that were encoded/) as unknown,
    lostPicture: expect.stringMatching(/frame 40 is at 1\.7\d+ s|it has 47 frames, not 48/) as unknown,
    latePicture: expect.stringMatching(/frame 40 is at 1\.67\d+ s/) as unknown,
    scenes: expect.stringMatching(/the packets of scene 1 are not those that were encoded/) as unknown
  })
})

/** The same film with a last frame that no decoder understands: a worker may send such a scene. */
async function undecodable(): Promise<JoinInput> {
  const [first, last] = input.segments
  if (first === undefined || last === undefined) throw new Error('there are no segments')
  const bytes = await readFile(last.file)
  let frame = 32
  while (frame + 12 + bytes.readUInt32LE(frame) < bytes.length) frame += 12 + bytes.readUInt32LE(frame)
  bytes.fill(0xff, frame + 12 + 2, frame + 12 + 10)
  await writeFile(at('damaged.ivf'), bytes)
  const segments = await hashed([first, { file: at('damaged.ivf'), frames: last.frames }])
  return { ...input, segments, overwrite: true, output: at('undecodable.mkv') }
}

test('a film is decoded to its end unless its very scenes were', async () => {
  const damaged = await undecodable()
  const { source } = damaged
  const full = { ...source, video: { ...source.video, colour: { ...source.video.colour, range: 'pc' } as const } }
  const joined = async (what: Partial<JoinInput>): Promise<string> =>
    wordsOf(joinProject({ ...damaged, ...what }, { signal }))
  expect(await joined({ decoded: false })).toMatch(/ffmpeg ended|decodes to/)
  const unnamed = damaged.segments.map(({ file, frames }) => ({ file, frames }))
  expect(await joined({ segments: unnamed })).toMatch(/ffmpeg ended|decodes to/)
  // The range is written into each frame, so that these are other packets than those that were decoded.
  expect(await joined({ source: full })).not.toBe('nothing')
  expect(await joined({})).toBe('nothing')
})
