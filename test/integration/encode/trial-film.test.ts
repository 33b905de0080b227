import { chmod, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { lookUpProgram, probeSource, tryJoin } from '../../../src/encode/index.ts'
import { type Container, parseStreamChoice } from '../../../src/encode/rules/index.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { click, makeSubtitles, PICTURE } from '../../fixtures/join-clips.ts'
import { patience } from '../../fixtures/patience.ts'
import { withNight } from '../../nightly.ts'

const signal = patience()
const PATH = process.env['PATH'] ?? ''
let folder: Awaited<ReturnType<typeof tempFolder>>
const at = (name: string): string => join(folder.path, name)

beforeAll(async () => {
  folder = await tempFolder()
  const lines = await makeSubtitles(folder.path)
  const tracks = ['-map', '0', '-map', '1', '-map', '2', '-map', '3']
  const sound = ['-c:a:0', 'aac', '-c:a:1', 'ac3']
  const inputs = [...PICTURE.input, ...click('stereo', 2), ...click('5.1', 6), '-i', lines]
  await ffmpeg(...inputs, ...tracks, ...PICTURE.codec, ...sound, '-c:s', 'ass', at('film.mkv'))
  await ffmpeg(...inputs, ...tracks, ...PICTURE.codec, ...sound, '-c:s', 'mov_text', at('film.mov'))
  await ffmpeg('-i', at('film.mkv'), '-map', '0:v', '-map', '0:a', '-c', 'copy', '-f', 'mpegts', at('film.ts'))
  await ffmpeg('-i', at('film.mkv'), '-map', '0:v', '-c', 'copy', at('silent.mkv'))
  await ffmpeg(...PICTURE.input, ...click('stereo', 2), '-c:v', 'libvpx-vp9', '-c:a', 'libopus', at('film.webm'))
})
afterAll(() => folder.remove())
afterEach(() => {
  process.env['PATH'] = PATH
})

async function trial(
  name: string,
  container: Container,
  choice: Parameters<typeof parseStreamChoice>[0] = {}
): Promise<readonly string[]> {
  const source = await probeSource(at(name), { signal })
  const streams = parseStreamChoice(choice)
  const output = at(`out.${container}`)
  return tryJoin({ source, container, streams, keepUids: false, videoOnly: false, output }, { signal })
}

describe('tracks that fit are put into a tiny film of the very container, and nothing is said', () => {
  // Each source and each container, at night all pairs of them.
  const PAIRS = withNight<Parameters<typeof trial>>(
    [
      ['film.mkv', 'mp4', {}],
      ['film.mov', 'webm', { audio: 'opus:96', subtitles: 'drop' }],
      ['film.ts', 'mkv', {}],
      ['film.webm', 'mp4', {}],
      ['silent.mkv', 'webm', {}]
    ],
    [
      ['film.mkv', 'webm', { audio: 'opus', subtitles: 'drop' }],
      ['film.mov', 'mp4', {}],
      ['film.mov', 'mkv', {}],
      ['film.ts', 'mp4', {}],
      ['film.webm', 'webm', {}],
      ['silent.mkv', 'mp4', {}]
    ]
  )
  test.for(PAIRS)('%s as %s, %j', async ([name, container, choice]) => {
    const before = await readdir(folder.path)
    expect(await trial(name, container, choice)).toEqual([])
    expect(await readdir(folder.path)).toEqual(before)
  })
})

/** Puts a script first on PATH in the place of a program. */
async function instead(program: string, script: (real: string) => string): Promise<void> {
  const bin = await mkdtemp(at('bin-'))
  await writeFile(join(bin, program), `#!/bin/sh\n${script(lookUpProgram(program) ?? '')}\n`)
  await chmod(join(bin, program), 0o755)
  process.env['PATH'] = `${bin}${delimiter}${PATH}`
}

/** A program that fails where a condition of the shell holds, and is the real one otherwise. */
async function failing(program: string, condition: string): Promise<void> {
  const said = 'no such luck'
  await instead(
    program,
    (real) => `if ${condition}; then echo ${said}; echo ${said} >&2; exit 2; fi\nexec ${real} "$@"`
  )
}

/** An ffmpeg that fails where the beginning of a source, with a second track, came to more than so many bytes. */
const writingAtMost = async (bytes: number): Promise<void> =>
  instead(
    'ffmpeg',
    (real) => `${real} "$@" || exit $?
case "$*" in *" 0:1 "*/head-*) ;; *) exit 0 ;; esac
for word; do file=$word; done
[ "$(stat -c %s "\${file#file:}")" -le ${bytes} ] || { echo too much >&2; exit 2; }`
  )

/** An ffmpeg that writes no MP4 in which a codec is, as another version or build of it may. */
const without = (codec: string): string =>
  `case "$*" in *"-f mp4"*) ffprobe -v error -show_entries stream=codec_name $(echo "$*" | grep -o 'file:[^ ]*film.mkv') | grep -q ${codec} ;; *) false ;; esac`

/** What mkvmerge is told is in a file that it is given. */
const told = (words: string): string => `case "$1" in @*) grep -q -e '${words}' "\${1#@}" ;; *) false ;; esac`

describe('what the last muxer refuses is refused at the submission, with the track and what to do', () => {
  test.for([
    ['film.mkv', 'mp4', 'ffmpeg', without('ac3'), /^stream 2 \(ac3\) cannot be put into \.mp4: add --audio opus or/],
    ['film.mov', 'mp4', 'ffmpeg', without('aac'), /^stream 1 \(aac\) .*name an \.mkv\. The muxer said: .*no such luck/],
    [
      'film.mkv',
      'mp4',
      'ffmpeg',
      without('ass'),
      /^stream 3 \(ass\) cannot .*: add --subtitles drop, or name an \.mkv/
    ],
    ['film.mov', 'mkv', 'mkvmerge', told('head-'), /^stream 1 \(aac\) cannot be put into \.mkv: .*--audio drop\. The/],
    ['film.webm', 'webm', 'mkvmerge', told('head-'), /^stream 1 \(opus\) cannot be put into \.webm/],
    ['film.mkv', 'mp4', 'ffmpeg', without('av1'), /^This node cannot write \.mp4 files: .*no such luck/],
    ['silent.mkv', 'webm', 'mkvmerge', told('--webm'), /^This node cannot write \.webm files/]
  ] as const)('%s as %s: %s', async ([name, container, program, condition, reason]) => {
    await failing(program, condition)
    await expect(trial(name, container)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(reason) as unknown
    })
  })

  test('and what is advised helps', async () => {
    await failing('ffmpeg', without('ac3'))
    expect(await trial('film.mkv', 'mp4', { audio: 'opus' })).toEqual([])
    expect(await trial('film.mkv', 'mp4', { audio: 'drop' })).toEqual([])
    expect(await trial('film.mkv', 'mkv')).toEqual([])
  })
})

test('a track that begins later than the trial looks is not refused for its silence', async () => {
  const late = ['-itsoffset', '20', ...click('stereo', 2)]
  const long = ['-f', 'lavfi', '-i', 'testsrc=s=160x90:r=24:d=24,format=yuv420p']
  await ffmpeg(...long, ...late, '-map', '0', '-map', '1', ...PICTURE.codec, '-c:a', 'ac3', at('late.mkv'))
  expect(await trial('late.mkv', 'mp4')).toEqual([])
})

test('a long source with a line of subtitles at its end is tried in its first seconds', async () => {
  await writeFile(at('late.srt'), '1\n00:09:50,000 --> 00:09:55,000\nThe end\n')
  const long = ['-f', 'lavfi', '-i', 'color=s=64x64:r=5:d=600,format=yuv420p']
  const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:s', 'srt']
  await ffmpeg(...long, '-i', at('late.srt'), '-map', '0', '-map', '1', ...codec, at('long.mkv'))
  // 24 frames and two seconds of nothing else; the 3,000 of the whole would be 70 MiB.
  await writingAtMost(2_000_000)
  expect(await trial('long.mkv', 'mp4')).toEqual([])
})
