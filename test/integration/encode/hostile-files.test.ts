import { readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeScene, MediaError, probeSource, verifySegment } from '../../../src/encode/index.ts'
import { findEncoder } from '../../../src/encode/rules/index.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { bomb, REFERRING } from '../../fixtures/hostile-files.ts'
import { prepareClip, type PreparedClip } from '../../fixtures/encode-scenes.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
const PARAMS = '--cpu-used=8 --end-usage=q --cq-level=50'
const FRAMES = 6
const LONG_AGO = new Date(Date.now() - 7 * 24 * 3_600_000)

let folder: Awaited<ReturnType<typeof tempFolder>>
let canary: string
let film: PreparedClip
/** Whether this file system notes when a file is read. */
let notesReads = false

const at = (name: string): string => join(folder.path, name)
const picture = (size: string): string[] => [
  '-f',
  'lavfi',
  '-i',
  `testsrc2=s=${size}:r=25`,
  '-frames:v',
  String(FRAMES)
]

async function wasRead(): Promise<boolean> {
  return notesReads && (await stat(canary)).atimeMs > LONG_AGO.getTime() + 60_000
}

async function hideCanary(): Promise<void> {
  await utimes(canary, LONG_AGO, new Date())
}

beforeAll(async () => {
  folder = await tempFolder()
  canary = at('canary.mkv')
  await ffmpeg(...picture('64x64'), '-c:v', 'libx264', canary)
  await ffmpeg('-i', canary, '-vf', 'hflip', '-c:v', 'libx264', at('film.mkv'))
  film = await prepareClip(at('film.mkv'), folder.path, 'film', signal)
  await hideCanary()
  await readFile(canary)
  notesReads = (await stat(canary)).atimeMs > LONG_AGO.getTime() + 60_000
  await hideCanary()
})
afterAll(() => folder.remove())

const codeOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'accepted',
    (error: unknown) => {
      if (error instanceof MediaError) return error.code
      throw error
    }
  )

/** What a worker does with a piece. */
const encodes = async (pieceFile: string, skip = 0): Promise<string> =>
  codeOf(
    encodeScene(
      {
        pieceFile,
        skip,
        frames: FRAMES,
        inputHash: film.scenes[0]!.inputHash,
        encoder: 'vp9',
        params: findEncoder('vp9').parseParams(PARAMS),
        video: film.source.video,
        threads: 1,
        nice: 0,
        workDir: folder.path,
        onProgress: () => {}
      },
      { signal }
    )
  )

/** What an owner does with a result. */
const takes = async (file: string): Promise<string> => {
  const { video } = film.source
  return codeOf(verifySegment({ file, encoder: 'vp9', frames: FRAMES, video, bitDepth: 8 }, { signal }))
}

test.for(Object.keys(REFERRING))(
  '%s is no source, no piece and no result, and what it names is not read',
  async (kind) => {
    const file = at('named.mkv')
    await writeFile(file, REFERRING[kind]?.(canary) ?? '')
    expect(await codeOf(probeSource(file, { signal }))).toMatch(/^(?:not-a-video|no-video-stream)$/)
    expect(await encodes(file)).toBe('decode-failed')
    expect(await takes(file)).toBe('bad-segment')
    expect(await wasRead()).toBe(false)
  }
)

/** Names that mean something to ffmpeg, mkvmerge or a command line. */
const NAMES = [
  'concat:canary.mkv|canary.mkv',
  'subfile,,start,0,end,64,,:canary.mkv',
  'file:canary.mkv',
  '-i',
  '-',
  'pipe:0',
  '$(id).mkv',
  'data:video,x'
]

test.for(NAMES)('a film of the name %s is this file and no other', async (name) => {
  await writeFile(at(name), await readFile(at('film.mkv')))
  expect((await probeSource(at(name), { signal })).video.width).toBe(64)
  expect(await encodes(at(name))).toBe('accepted')
  expect(await wasRead()).toBe(false)
})

/** Pieces in the right container whose content is not what a piece may be. */
const PIECES: Readonly<Record<string, { readonly args: readonly string[]; readonly code: string }>> = {
  'of a codec that no piece has (MagicYUV)': { args: [...picture('64x64'), '-c:v', 'magicyuv'], code: 'decode-failed' },
  'of another such codec (Cinepak)': { args: [...picture('64x64'), '-c:v', 'cinepak'], code: 'decode-failed' },
  'of a codec that decodes differently elsewhere (MPEG-4)': {
    args: [...picture('64x64'), '-c:v', 'mpeg4'],
    code: 'decode-failed'
  },
  'of huge pictures in a small file': {
    args: [...picture('64x64'), '-vf', 'scale=8192:8192', '-frames:v', '1', '-c:v', 'libx264', '-preset', 'ultrafast'],
    code: 'input-mismatch'
  },
  'of far more frames than announced': {
    args: ['-f', 'lavfi', '-i', 'color=s=64x64:r=1000', '-frames:v', '3000', '-c:v', 'libx264', '-preset', 'ultrafast'],
    code: 'input-mismatch'
  },
  'of other frames': { args: ['-i', 'CANARY', '-c', 'copy'], code: 'input-mismatch' },
  'without a picture': { args: ['-f', 'lavfi', '-i', 'anullsrc', '-t', '600', '-c:a', 'flac'], code: 'decode-failed' }
}

test.for(Object.keys(PIECES))('a piece %s is not encoded', async (kind) => {
  const file = at('piece.mkv')
  const { args = [], code } = PIECES[kind] ?? {}
  await ffmpeg(...args.map((arg) => (arg === 'CANARY' ? canary : arg)), file)
  await hideCanary()
  expect(await encodes(file)).toBe(code)
})

test('a piece that expands a thousandfold while it is read is not encoded', async () => {
  expect(await encodes(await bomb(folder.path))).toBe('input-mismatch')
})

test('attachments, subtitles and titles that name files are content, and nothing else', async () => {
  const notes = at('notes.txt')
  await writeFile(notes, 'attached')
  await writeFile(
    at('s.ass'),
    `[Script Info]\nScriptType: v4.00+\n[Fonts]\nfontname: ${canary}\n[Events]\nFormat: Start, End, Text\nDialogue: 0:00:00.00,0:00:00.10,{\\fnfile://${canary}}x\n`
  )
  const name = [
    '-metadata:s:t',
    'mimetype=font/ttf',
    '-metadata:s:t',
    `filename=../../../..${canary}`,
    '-metadata',
    `title=file://${canary}`
  ]
  await ffmpeg(
    '-i',
    at('film.mkv'),
    '-i',
    at('s.ass'),
    '-map',
    '0:v',
    '-map',
    '1',
    '-c',
    'copy',
    '-attach',
    notes,
    ...name,
    at('rich.mkv')
  )
  await hideCanary()
  const clip = await prepareClip(at('rich.mkv'), folder.path, 'rich', signal)
  expect(clip.source.otherStreams).toMatchObject({ subtitle: 1, attachment: 1 })
  expect(clip.scenes.map(({ inputHash }) => inputHash)).toEqual(film.scenes.map(({ inputHash }) => inputHash))
  expect(await wasRead()).toBe(false)
})
