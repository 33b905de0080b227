import { describe, expect, test } from 'vitest'
import { submitRequest, type SubmitRequest } from '../../../../src/api/schemas/index.ts'
import {
  ENCODERS,
  parsePosition,
  parseRange,
  parseStreamChoice,
  parseZones
} from '../../../../src/encode/rules/index.ts'
import { proofShareIn } from '../../../../src/node/owner/proof-share.ts'
import { submitAgain } from '../../../../src/node/owner/submit-again.ts'
import type { ProjectView } from '../../../../src/swarm/protocol/index.ts'
import type { OwnedJob } from '../../../../src/node/owner/job.ts'

const encoder = ENCODERS.aom
const project = { encoder, params: encoder.parseParams('--cpu-used=4'), facts: undefined }

const viewOf = (change: object = {}, priority = 0): ProjectView =>
  ({ announce: { encoder: 'aom', encoderParams: '--cpu-used=4', builds: 'same', ...change }, priority }) as ProjectView

const jobOf = (change: Partial<OwnedJob> = {}): OwnedJob =>
  ({
    source: { path: '/films/a.mkv' },
    output: '/films/a.aom.mkv',
    overwrite: false,
    scenes: { minFrames: 24, maxFrames: 240 },
    ...change
  }) as OwnedJob

const FIRST: SubmitRequest = {
  input: '/films/a.mkv',
  encoder: 'aom',
  encoderParams: '--cpu-used=4',
  minFrames: 24,
  maxFrames: 240
}

describe('what makes a film again', () => {
  test('says what was asked for, and nothing of the file of the first', () => {
    expect(submitAgain(jobOf(), viewOf())).toEqual(FIRST)
    expect(submitAgain(jobOf({ videoTrack: 2 }), viewOf())).toEqual({ ...FIRST, videoTrack: 2 })
    const measured = jobOf({ measure: 'every' })
    const source = { ...measured.source, lost: ['HDR10+ metadata is not carried over.'] }
    expect(submitAgain({ ...measured, source }, viewOf())).toEqual({ ...FIRST, allowLoss: true, measure: 'every' })
    expect(submitAgain(jobOf(), viewOf({ builds: 'compatible' }, -2))).toEqual({
      ...FIRST,
      builds: 'compatible',
      priority: -2
    })
  })

  test.each(['0', '3%', '7%', '0.5', '33.3333%', '100%'])('proves as many of its scenes (%s)', (text) => {
    const share = proofShareIn(text)
    expect(proofShareIn(submitAgain(jobOf({ proofs: share }), viewOf()).proofs)).toBeCloseTo(share, 10)
  })

  test.each([
    ['1200f-00:01:02.5', ['100', '00:00:01.250']],
    ['-00:10', ['7']],
    ['24-', ['00:59:00']]
  ])('a range %s, cuts and zones are read as they were', (range, cuts) => {
    const zones = parseZones(
      [
        { start: '00:00:01', end: '00:00:04', params: '--cq-level=40' },
        { start: '00:00:04', end: '00:00:04.500', params: '--cpu-used=4' },
        { start: '00:00:05', end: -1, reset: true, params: '--cpu-used=5' }
      ],
      project
    )
    const job = jobOf({ range: parseRange(range), cuts: cuts.map(parsePosition), zones })
    const again = submitRequest.parse(submitAgain(job, viewOf()))
    expect(parseRange(again.range ?? '')).toEqual(job.range)
    expect(again.cuts?.map(parsePosition)).toEqual(job.cuts)
    const read = parseZones(again.zones ?? [], project)
    expect(read.map(({ start, end, params }) => ({ start, end, params }))).toEqual(
      zones.map(({ start, end, params }) => ({ start, end, params }))
    )
  })

  test.each(['copy', 'drop', 'opus', 'opus:96', 'opus,1:copy,3:opus:12'])('sound %s', (audio) => {
    const picks = { audioLang: 'eng,jpn', audioTracks: '1,3', subtitleLang: 'und', subtitleTracks: '2' }
    const streams = parseStreamChoice({ audio, subtitles: 'drop', ...picks })
    const again = submitAgain(jobOf({ streams, deinterlace: true, sample: 3 }), viewOf())
    expect(parseStreamChoice(again)).toEqual(streams)
    expect(again).toMatchObject({ deinterlace: true, sample: 3 })
  })
})
