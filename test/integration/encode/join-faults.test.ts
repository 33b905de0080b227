import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkFilm, type JoinInput, joinProject } from '../../../src/encode/index.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { click, joinInput, makeSegments, makeSubtitles, PICTURE } from '../../fixtures/join-clips.ts'

const signal = AbortSignal.timeout(240_000)
let folder: Awaited<ReturnType<typeof tempFolder>>
let input: JoinInput
let film = ''
const at = (name: string): string => join(folder.path, name)
const mkv = (...args: string[]): Buffer => execFileSync('mkvmerge', ['--quiet', ...args])
const edit = (...args: string[]): Buffer => execFileSync('mkvpropedit', ['--quiet', ...args])

const CHAPTERS = [0, 800].map(
  (start) => `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${start}\nEND=${start + 800}\ntitle=${start}\n`
)

beforeAll(async () => {
  folder = await tempFolder()
  await writeFile(at('words.txt'), `;FFMETADATA1\ntitle=Rich\n${CHAPTERS.join('')}`)
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
  const codecs = [...PICTURE.codec, '-c:a', 'aac', '-c:s', 'srt', '-attach', at('notes.txt')]
  await ffmpeg(...inputs, ...maps, ...codecs, '-metadata:s:t', 'mimetype=text/plain', at('plain.mkv'))
  mkv(
    '-o',
    at('source.mkv'),
    '--language',
    '0:pt-BR',
    '--stereo-mode',
    '0:1',
    '--projection-pose-roll',
    '0:90',
    at('plain.mkv')
  )
  const segments = await makeSegments(folder.path, 'vp9')
  input = await joinInput(at('source.mkv'), 'mkv', { folder: folder.path, segments, encoder: 'vp9' })
  film = (await joinProject(input, { signal })).path
}, 120_000)
afterAll(() => folder.remove())

/** What the check says of the film after something was done to it. */
async function said(name: string, plant: (file: string) => unknown): Promise<string> {
  const file = at(`${name}.mkv`)
  await plant(file)
  return checkFilm(input, file, { signal }).then(
    () => 'nothing',
    (error: Error) => error.message
  )
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

test('a film without a fault passes, a copy of it too', async () => {
  expect(await said('same', async (file) => writeFile(file, await readFile(film)))).toBe('nothing')
})

test('every planted fault is found and named', async () => {
  const found = {
    late: await said('late', copied('--sync', '1:200', film)),
    early: await said('early', copied('--sync', '1:-200', film)),
    subtitle: await said('subtitle', copied('--sync', '2:300', film)),
    silent: await said('silent', copied('--no-audio', film)),
    lost: await said('lost', async (file) => {
      const drop = ['-bsf:a', 'noise=drop=eq(n\\,20)', '-default_mode', 'passthrough']
      await ffmpeg('-copyts', '-i', film, '-map', '0', '-c', 'copy', ...drop, file)
    }),
    chapter: await said('chapter', async (file) => {
      const moved = execFileSync('mkvextract', [film, 'chapters', '-'], { encoding: 'utf8' })
      await writeFile(at('moved.xml'), moved.replaceAll('00:00:00.800', '00:00:01.000'))
      mkv('-o', file, '--chapters', at('moved.xml'), '--no-chapters', film)
    }),
    chapters: await said('chapters', copied('--no-chapters', film)),
    attachment: await said('attachment', async (file) => {
      await writeFile(at('other.txt'), 'Attached')
      await edited('--attachment-name', 'notes.txt', '--replace-attachment', `1:${at('other.txt')}`)(file)
    }),
    attachments: await said('attachments', copied('--no-attachments', film)),
    title: await said('title', edited('--edit', 'info', '--set', 'title=Poor')),
    rate: await said('rate', edited('--edit', 'track:v1', '--set', 'default-duration=42000000')),
    roll: await said('roll', edited('--edit', 'track:v1', '--set', 'projection-pose-roll=0')),
    stereo: await said('stereo', edited('--edit', 'track:v1', '--set', 'stereo-mode=0')),
    language: await said('language', edited('--edit', 'track:v1', '--set', 'language-ietf=pt')),
    size: await said('size', edited('--edit', 'track:v1', '--set', 'display-width=320')),
    picture: await said('picture', copied('--sync', '0:40', film))
  }
  expect(found).toEqual({
    late: expect.stringMatching(/audio track 1: it begins at 0\.\d+ s, not/) as unknown,
    early: expect.stringMatching(/audio track 1/) as unknown,
    subtitle: expect.stringMatching(/subtitle track 1: it begins at 0\.8/) as unknown,
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
    picture: expect.stringMatching(/frame 0 is at/) as unknown
  })
}, 120_000)
