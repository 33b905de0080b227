import { expect, test } from 'vitest'
import { manifestOf } from '../../../../src/node/owner/film-manifest.ts'
import type { OwnedJob } from '../../../../src/node/owner/job.ts'
import type { KnownAttempt } from '../../../../src/api/ports.ts'
import { attemptOf } from '../../../fixtures/attempts.ts'
import {
  acceptBody,
  announceBody,
  chainOf,
  foldAll,
  plannedBody,
  scenesBody
} from '../../../fixtures/protocol-chains.ts'
import { hashNo, OWNER, planNo, WORKER } from '../../../fixtures/protocol-samples.ts'

const view = foldAll(
  chainOf([
    announceBody,
    scenesBody(planNo(0, 0, 10), planNo(1, 10, 5)),
    plannedBody(2, 15),
    acceptBody(0),
    acceptBody(1)
  ])
)
const input = {
  view,
  job: { source: { path: '/films/film.mkv', bytes: 100 }, starts: [40, 70] } as unknown as OwnedJob,
  film: { bytes: 300, sha256: hashNo(1), frames: 15, packets: [hashNo(2), hashNo(3)] },
  programs: { grav1: '0.1.0', ffmpeg: '5.1', mkvmerge: '74' }
}

/** Of the scenes in order, with what is remembered of the first one. */
const qualities = (...attempts: readonly Partial<KnownAttempt>[]) =>
  manifestOf({
    ...input,
    attempts: (scene) => (scene === 0 ? attempts.map((one) => attemptOf({ scene, ...one })) : [])
  }).scenes.map(({ quality }) => quality)

/** The attempt that the log names. */
const accepted = { verdict: 'accepted', worker: WORKER, epoch: 1, attempt: 1 } as const

test('a scene has the quality that was measured when it was accepted, and nothing that was not', () => {
  expect(qualities({ ...accepted, psnr: 38.5, psnrMean: 41.25, xpsnr: 40 })).toEqual([
    { psnr: 38.5, psnrMean: 41.25, xpsnr: 40 },
    undefined
  ])
  expect(qualities({ ...accepted, psnr: 38.5, psnrMean: 41.25 })[0]).toEqual({ psnr: 38.5, psnrMean: 41.25 })
  expect(manifestOf({ ...input, attempts: () => [attemptOf(accepted)] }).scenes[0]).not.toHaveProperty('quality')
})

test.for([
  ['refused', { verdict: 'refused' }],
  ['of another worker', { worker: OWNER }],
  ['of another lease', { attempt: 7 }],
  ['of another start', { epoch: 2 }]
] as const)('what was measured of a result that is %s says nothing', ([, other]) => {
  expect(qualities({ ...accepted, psnr: 20, psnrMean: 20, ...other })[0]).toBeUndefined()
})
