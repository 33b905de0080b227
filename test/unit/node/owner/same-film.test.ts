import { expect, test } from 'vitest'
import { differingFields, filmOfJob, filmOfOptions } from '../../../../src/node/owner/same-film.ts'
import { outputTaken, type OutputHolder } from '../../../../src/node/owner/output-holder.ts'
import type { OwnedJob } from '../../../../src/node/owner/job.ts'

const announced = {
  title: 'film.mkv',
  encoder: 'av1',
  encoderName: 'aom',
  encoderParams: '--cpu-used=4',
  encoderBuild: 'aom/3.6.0/1f2e3d4c',
  builds: 'same',
  priority: 0,
  createdAtMs: 1
} as const

const source = { path: '/films/film.mkv', bytes: 100, videoStream: 0 } as OwnedJob['source']
const job = {
  source,
  scenes: { minFrames: 24, maxFrames: 240, threshold: undefined },
  zones: [{ start: { type: 'frame', frame: 0 }, end: { type: 'frame', frame: 9 }, params: '--cq-level=3', label: 'z' }]
} as const satisfies Partial<OwnedJob>

const kept = filmOfJob(job, announced)

test('a job that was read back from its file is the same film, whatever it calls its zones', () => {
  const read = JSON.parse(JSON.stringify(job)) as typeof job
  const [zone] = read.zones
  const renamed = { ...read, zones: [{ ...zone, label: 'line 1' }], streams: undefined, deinterlace: false }
  expect(
    differingFields(filmOfJob(renamed, { ...announced, encoder: 'aom', title: 'link.mkv' } as never), kept)
  ).toEqual([])
})

test.for([
  ['input', { ...job, source: { ...source, bytes: 101 } }, announced],
  ['videoTrack', { ...job, source: { ...source, videoStream: 2 } }, announced],
  ['maxFrames', { ...job, scenes: { ...job.scenes, maxFrames: 48 } }, announced],
  ['zones', { ...job, zones: [] }, announced],
  ['audio', { ...job, streams: { audio: { type: 'drop' }, subtitles: 'copy', attachments: 'copy' } }, announced],
  ['sample', { ...job, sample: 3 }, announced],
  ['encoderParams', job, { ...announced, encoderParams: '--cpu-used=3' }],
  ['encoder', job, { ...announced, encoderBuild: 'aom/3.12.1/99999999' }],
  ['builds', job, { ...announced, builds: 'compatible' }]
] as const)('another %s is another film', ([field, other, say]) => {
  expect(differingFields(filmOfJob(other, say), kept)).toEqual([field])
})

test('of a source that nobody looked at yet, what was asked counts', () => {
  const options = { input: '/films/film.mkv', encoder: 'aom', audio: 'opus', zones: [{ start: 0, end: 9, params: '' }] }
  const asked = filmOfOptions(options, announced)
  const again = { ...options, priority: 3, overwrite: true, waitComplete: true, output: '/x.mkv' }
  expect(differingFields(filmOfOptions(again, announced), asked)).toEqual([])
  expect(differingFields(filmOfOptions({ ...options, audio: 'drop' }, announced), asked)).toEqual(['audio'])
})

test('a refusal names the project, what differs, and the ways out', () => {
  const holder: OutputHolder = {
    projectId: 'p1',
    announced,
    finishedBytes: undefined,
    of: { type: 'waits', options: { input: '', encoder: '' } }
  }
  const taken = (...fields: Parameters<typeof outputTaken>[2]) => outputTaken('/o.mkv', holder, fields)
  expect(taken('encoderParams', 'audio')).toMatchObject({ code: 'output-taken', field: 'output' })
  expect(taken('encoderParams', 'audio').message).toContain(
    'project p1 already writes /o.mkv, with another --params, --audio (--cpu-used=4)'
  )
  for (const way of ['--restart', '"grav1 cancel p1"', '--output']) expect(taken('audio').message).toContain(way)
  expect(taken('input', 'audio').message).toContain('from another source')
  expect(taken('encoder').message).toContain('with another encoder (aom/3.6.0/1f2e3d4c)')
})
