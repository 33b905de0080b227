import { expect, test } from 'vitest'
import { differingFields, filmOfJob, filmOfOptions, withoutFrames } from '../../../../src/node/owner/same-film.ts'
import { outputTaken, type OutputHolder } from '../../../../src/node/owner/output-holder.ts'
import type { GivenChoices } from '../../../../src/node/owner/film-choices.ts'
import type { OwnedJob } from '../../../../src/node/owner/job.ts'
import type { SubmitOptions } from '../../../../src/node/owner/submit-wish.ts'
import { parseStreamChoice } from '../../../../src/encode/rules/index.ts'

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

const source = {
  path: '/films/film.mkv',
  bytes: 100,
  videoStream: 0,
  video: { width: 1920, height: 1080, pixelFormat: 'yuv420p', bitDepth: 8 },
  sampleAspect: { num: 1, den: 1 }
} as OwnedJob['source']
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

type Said = GivenChoices & Pick<OwnedJob, 'streams' | 'foundCrop'>

/** What says nothing. */
test.for<Said>([
  { crop: 'none' },
  { crop: '' },
  { crop: '1920:1080:0:0' },
  { crop: '0,0,0,0' },
  { depth: '8' },
  { scale: '1920x1080' },
  { scale: '1080p' },
  { scale: '-2x1080' },
  { fit: '1920x1080' },
  { fit: '3840x2160' },
  { manifest: 'write' },
  { tag: [] },
  { streams: parseStreamChoice({ audio: 'copy', subtitles: 'copy', attachments: 'copy' }) }
])('%j is the same film as without it', (said) => {
  expect(differingFields(filmOfJob({ ...job, ...said }, announced), kept)).toEqual([])
})

/** Two ways to say one thing. */
test.for([
  [{ crop: '1920:800:0:140' }, { crop: ' 140,140,0,0 ' }],
  [{ scale: '1280x720' }, { scale: '720p' }],
  [{ scale: '1280x-2' }, { fit: '1280x900' }],
  [{ crop: 'auto' }, { crop: 'auto', foundCrop: '1920:800:0:140' }],
  [{ crop: 'auto', depth: '8' }, { crop: 'auto' }]
] as const)('%j is the same film as %j', ([one, other]) => {
  expect(differingFields(filmOfJob({ ...job, ...one }, announced), filmOfJob({ ...job, ...other }, announced))).toEqual(
    []
  )
})

test.for<[Said, string[]]>([
  [{ crop: '1920:800:0:140' }, ['crop']],
  [{ crop: 'auto' }, ['crop']],
  [{ crop: '1920:800:0:140', scale: '960x-2' }, ['crop', 'scale']],
  [{ scale: '720p' }, ['scale']],
  [{ fit: '1280x900' }, ['scale']],
  [{ depth: '10' }, ['depth']],
  [{ manifest: 'none' }, ['manifest']],
  [{ tag: ['ARTIST='] }, ['tag']],
  // It does not fit the source; the check of a submission says so.
  [{ crop: '9999:9999:0:0' }, ['crop']]
])('%j is another film', ([said, fields]) => {
  expect(differingFields(filmOfJob({ ...job, ...said }, announced), kept).toSorted()).toEqual(fields)
})

test.for([
  { crop: 'none' },
  { audio: 'copy' },
  { subtitles: 'copy' },
  { attachments: 'copy' },
  { manifest: 'write' },
  { deinterlace: false },
  { tag: [] },
  { minFrames: -1, maxFrames: -1, threshold: -1 }
] as const)('of a source that nobody looked at yet, %j says nothing', (said) => {
  const options = { input: '/films/film.mkv', encoder: 'aom' }
  const asked = filmOfOptions(options, announced)
  expect(differingFields(filmOfOptions({ ...options, ...said } as SubmitOptions, announced), asked)).toEqual([])
})

test('of a source that nobody looked at yet, what was asked counts', () => {
  const options = { input: '/films/film.mkv', encoder: 'aom', audio: 'opus', zones: [{ start: 0, end: 9, params: '' }] }
  const asked = filmOfOptions(options, announced)
  const again = { ...options, priority: 3, overwrite: true, waitComplete: true, output: '/x.mkv' }
  expect(differingFields(filmOfOptions(again, announced), asked)).toEqual([])
  expect(differingFields(filmOfOptions({ ...options, audio: 'drop' }, announced), asked)).toEqual(['audio'])
})

test.for([
  ['is left out', undefined, 400, []],
  ['is the number that the source has', 400, 400, []],
  ['is another one', 401, 400, ['frames']],
  ['is not known to be right yet', 400, undefined, ['frames']]
] as const)('--frames that %s', ([, frames, found, wanted]) => {
  const fields = differingFields(
    filmOfJob({ ...job, frames: 399 }, announced),
    filmOfJob({ ...job, frames }, announced)
  )
  expect(fields).toEqual(['frames'])
  expect(withoutFrames(fields, { frames }, found)).toEqual(wanted)
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
