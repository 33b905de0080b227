import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkFilm, type JoinInput, joinProject, probeSource, tryJoin } from '../../../src/encode/index.ts'
import { type Container, KEEP_ALL } from '../../../src/encode/rules/index.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { joinInput, makeSegments, PICTURE } from '../../fixtures/join-clips.ts'
import { isNightly, withNight } from '../../nightly.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>
let segments: JoinInput['segments']
const at = (name: string): string => join(folder.path, name)
const [OWN, BEFORE, AFTER, OTHER] = ['0a', '1b', '2c', '3d'].map((byte) => byte.repeat(16)) as [
  string,
  string,
  string,
  string
]

const CHAPTERS = `<?xml version="1.0"?><Chapters><EditionEntry><EditionFlagOrdered>1</EditionFlagOrdered><ChapterAtom>
<ChapterUID>5</ChapterUID><ChapterTimeStart>00:00:00.000</ChapterTimeStart><ChapterTimeEnd>00:00:00.500</ChapterTimeEnd>
<ChapterSegmentUID format="hex">${OTHER}</ChapterSegmentUID>
<ChapterDisplay><ChapterString>Opening</ChapterString><ChapterLanguage>eng</ChapterLanguage></ChapterDisplay>
</ChapterAtom></EditionEntry></Chapters>`

beforeAll(async () => {
  folder = await tempFolder()
  segments = await makeSegments(folder.path, 'vp9')
  await ffmpeg(...PICTURE.input, ...PICTURE.codec, at('plain.mkv'))
  await writeFile(at('chapters.xml'), CHAPTERS)
})
afterAll(() => folder.remove())

const uidsOf = (file: string): Readonly<Record<string, unknown>> => {
  const { container } = JSON.parse(execFileSync('mkvmerge', ['-J', file], { encoding: 'utf8' })) as {
    container: { properties: Record<string, unknown> }
  }
  return Object.fromEntries(Object.entries(container.properties).filter(([name]) => name.endsWith('segment_uid')))
}

const make = (name: string, ...options: string[]): string => {
  execFileSync('mkvmerge', ['--quiet', '-o', at(name), '--segment-uid', OWN, ...options, at('plain.mkv')])
  return at(name)
}

const inputOf = async (file: string, keepUids: boolean): Promise<JoinInput> => ({
  ...(await joinInput(file, 'mkv', { folder: folder.path, segments, encoder: 'vp9' })),
  keepUids
})

async function notes(file: string, keepUids: boolean, container: Container = 'mkv'): Promise<readonly string[]> {
  const source = await probeSource(file, { signal })
  const output = at(`none.${container}`)
  return tryJoin({ source, container, streams: KEEP_ALL, keepUids, videoOnly: false, output }, { signal })
}

describe('numbers are kept on request, else they are said to be lost', () => {
  test.for([
    ['own.mkv', [], false],
    // What is linked on both sides holds both links; one of them alone is for the night.
    ...(isNightly
      ? ([
          ['first.mkv', ['--link-to-next', AFTER], true],
          ['last.mkv', ['--link-to-previous', BEFORE], true]
        ] as const)
      : []),
    ['middle.mkv', ['--link-to-previous', BEFORE, '--link-to-next', AFTER], true],
    ['ordered.mkv', ['--chapters', 'chapters.xml'], true]
  ] as const)('%s', async ([name, options, isLinked]) => {
    const file = make(name, ...options.map((one) => (one.endsWith('.xml') ? at(one) : one)))
    expect(await notes(file, true)).toEqual([])
    const said = await notes(file, false)
    expect(said).toEqual(isLinked ? [expect.stringMatching(/--keep-uids keeps the source's\.$/) as unknown] : [])
    const mp4 = await notes(file, false, 'mp4')
    expect(mp4).toEqual(isLinked ? [expect.stringMatching(/no longer link to it\.$/) as unknown] : [])

    const kept = await joinProject(await inputOf(file, true), { signal })
    expect(uidsOf(kept.path)).toEqual(uidsOf(file))
    const chapters = execFileSync('mkvextract', [kept.path, 'chapters'], { encoding: 'utf8' })
    expect(chapters.includes(OTHER)).toBe(name === 'ordered.mkv')

    const lost = await joinProject(await inputOf(file, false), { signal })
    expect(Object.keys(uidsOf(lost.path))).toEqual(['segment_uid'])
    expect(uidsOf(lost.path)['segment_uid']).not.toBe(OWN)
  })
})

test('a source without a number has none to keep', async () => {
  await ffmpeg('-i', at('plain.mkv'), '-c', 'copy', at('plain.mp4'))
  expect(await notes(at('plain.mp4'), true)).toEqual(['The source has no segment UID that --keep-uids could keep.'])
})

describe('the finished film is checked', () => {
  test.for(withNight(['segment-uid', 'next-uid'], ['prev-uid']))('%s is another', async (property) => {
    const file = make('all.mkv', '--link-to-previous', BEFORE, '--link-to-next', AFTER)
    const input = await inputOf(file, true)
    const { path } = await joinProject(input, { signal })
    await checkFilm(input, { path }, { signal })
    execFileSync('mkvpropedit', ['--quiet', path, '--edit', 'info', '--set', `${property}=${OTHER}`])
    await expect(checkFilm(input, { path }, { signal })).rejects.toThrow(/segment uid is 3d3d/)
  })
})
