import { describe, expect, test } from 'vitest'
import { dryRunReport, showDryRun } from '../../../../src/node/cli/dry-run.ts'
import { ApiError } from '../../../../src/node/cli/errors.ts'
import type { DryRun } from '../../../../src/api/schemas/index.ts'
import { DRY_RUN } from '../../../fixtures/api-bench.ts'

type Stream = NonNullable<DryRun['source']>['streams'][number]

const stream = (given: Partial<Stream>): Stream => ({
  index: 0,
  number: 1,
  type: 'audio',
  codec: 'ac3',
  channels: null,
  title: '',
  language: '',
  becomes: 'copy',
  kbps: null,
  ...given
})

const ANSWER: DryRun = {
  accepted: true,
  refusal: null,
  source: {
    title: 'film\u001b[2J.mkv',
    bytes: 2 ** 30,
    container: 'matroska',
    video: {
      codec: 'h264',
      width: 1920,
      height: 1080,
      fpsNum: 24_000,
      fpsDen: 1001,
      framesEstimated: 1000,
      durationSeconds: 42,
      pixelFormat: 'yuv420p',
      bitDepth: 8,
      primaries: 'bt709',
      transfer: '',
      matrix: 'bt709',
      range: '',
      fieldOrder: 'tff'
    },
    streams: [
      stream({ index: 1, channels: 6, title: 'English', language: 'eng', becomes: 'opus', kbps: 384 }),
      stream({ index: 2, number: 2, channels: 1, becomes: 'drop' }),
      stream({ index: 3, type: 'subtitle', codec: 'subrip', language: 'ger\n' })
    ]
  },
  picture: { width: 1280, height: 534, bitDepth: 10, crop: { x: 0, y: 140, width: 1920, height: 800 } },
  encoder: { name: 'aom', build: 'aom/3.6.0/1f2e', params: '--cpu-used=6' },
  output: '/films/film.aom.mkv',
  frames: 1000,
  warnings: ['The video is interlaced.'],
  bars: null,
  scenes: {
    complete: true,
    items: Array.from({ length: 25 }, (_, scene) => ({ scene, start: scene * 40, frames: 40, encoderParams: '' }))
  },
  estimate: { encodeSeconds: { likely: 600, low: 300, high: 900 }, slots: 4, scenes: 12 }
}

describe('for people', () => {
  test('source, plan and time', () => {
    const report = dryRunReport(ANSWER).join('\n')
    expect(report).toContain('film?[2J.mkv: matroska, 1.0 GiB, 42s')
    expect(report).toContain('  video: h264, 1920x1080, 23.976 fps, yuv420p, bt709/bt709, interlaced, top field first')
    const table = report.split('\n').filter((line) => /^ {2}(?:track|audio|subtitle) /.test(line))
    expect(table.map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['track', 'language', 'has', 'title', 'becomes'],
      ['audio 1', 'eng', 'ac3, 6 channels', 'English', 'Opus, 384 kbit/s'],
      ['audio 2', 'ac3, 1 channel', 'left out'],
      ['subtitle 1', 'ger?', 'subrip', 'copied (subrip)']
    ])
    expect(report).toContain(
      'would become /films/film.aom.mkv\n  picture: the part 1920:800:0:140 in 1280x534, 10 bits\n  encoder: aom/3.6.0/1f2e --cpu-used=6'
    )
    expect(report).toContain('  warning: The video is interlaced.')
    expect(report).toContain('25 scenes, 1000 frames\nscene  start  frames')
    expect(report).toContain('\nand 5 more scenes\n')
    expect(report).toContain('encoding: about 10m in one slot (5m to 15m), estimated from 12 earlier scenes')
    expect(report).toContain('with the 4 slots of this swarm: about 3m')
  })

  test('what was found until the time was over', () => {
    const scenes = { complete: false, items: [] }
    expect(dryRunReport({ ...ANSWER, scenes })).toContain('0 scenes found before the time ran out')
  })

  test('nothing of a plan where it would be refused', () => {
    expect(dryRunReport(DRY_RUN)).toEqual([])
  })
})

describe('the command', () => {
  function shown(answer: () => Promise<DryRun>, json: boolean) {
    const out: string[] = []
    const err: string[] = []
    const io = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), cwd: '/' }
    const init = { client: { dryRun: answer }, io, json, signal: new AbortController().signal }
    const done = showDryRun({ input: '/a/film.mkv', encoder: 'aom' }, init)
    return { out, err, done }
  }

  test('prints one object with --json', async () => {
    const { out, err, done } = shown(async () => ANSWER, true)
    expect(await done).toBe('ok')
    expect(out.map((line) => JSON.parse(line) as unknown)).toEqual([{ input: '/a/film.mkv', ...ANSWER }])
    expect(err).toEqual([])
  })

  test('says why it would be refused', async () => {
    const { err, done } = shown(async () => DRY_RUN, false)
    expect(await done).toBe('usage')
    expect(err).toEqual(['film.mkv would be refused: It is no video.'])
  })

  test('says why the node answers nothing', async () => {
    const detail = 'Input files not found: /a/film.mkv'
    const refuse = async (): Promise<DryRun> => Promise.reject(new ApiError({ code: 'not-found', detail, status: 404 }))
    const { out, err, done } = shown(refuse, true)
    expect(await done).toBe('failed')
    expect(out).toEqual([JSON.stringify({ input: '/a/film.mkv', event: 'failed', reason: detail, code: 'not-found' })])
    expect(err).toEqual([`film.mkv was refused: ${detail}`])
    await expect(shown(async () => Promise.reject(new Error('x')), false).done).rejects.toThrow('x')
  })
})
