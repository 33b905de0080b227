import { expect, test } from 'vitest'
import { MediaError } from '../../../../../src/encode/index.ts'
import { createSourceClips } from '../../../../../src/node/http/files/source-clips.ts'
import { BlobError } from '../../../../../src/swarm/index.ts'
import { viewOf } from '../../../../fixtures/api-bench.ts'
import { OWNER, WORKER } from '../../../../fixtures/protocol-samples.ts'
import type { ClipCache } from '../../../../../src/node/http/files/clip-cache.ts'
import type { OwnedJob } from '../../../../../src/node/owner/job.ts'
import type { ProjectView } from '../../../../../src/swarm/protocol/index.ts'

const idle = new AbortController().signal

interface Given {
  readonly own?: boolean
  readonly job?: Partial<OwnedJob>
  readonly view?: ProjectView
  /** How fetching the piece fails. */
  readonly fetching?: Error
  /** How making the clip fails. */
  readonly making?: Error
}

/** Status, code and sentence of the refusal. */
async function refusal({ own = false, job, view = viewOf(), fetching, making }: Given) {
  const cache: ClipCache = {
    get: async (_, make, signal) => {
      if (making != null) throw making
      await make('/nowhere/out.webm', { signal })
      throw new Error('made')
    }
  }
  const clips = createSourceClips({
    peerId: own ? OWNER : WORKER,
    owner: { jobOf: () => job as OwnedJob | undefined },
    blobs: {
      has: async () => false,
      path: () => '/nowhere',
      hold: () => ({ release: () => {}, drop: async () => {} })
    },
    exchange: {
      fetch: async (_, sources) => {
        expect(sources).toEqual([OWNER])
        throw fetching ?? new Error('not asked for')
      }
    },
    cache
  })
  return clips(view, 0, idle).then(
    () => 'made',
    ({ status, code, message }: { status?: number; code?: string; message: string }) => [status, code, message]
  )
}

const jobOf = (path: string, bytes: number) => ({ source: { path, bytes } as OwnedJob['source'] })

function viewWith(plan: object): ProjectView {
  const view = viewOf()
  return { ...view, scenes: view.scenes.map((scene) => ({ ...scene, plan: { ...scene.plan, ...plan } })) }
}

test.for<[string, Given, number, string, RegExp]>([
  [
    'nobody has the piece',
    { fetching: new BlobError('not-found', '') },
    410,
    'source-gone',
    /owns the project can still/
  ],
  ['its holder is away', { fetching: new BlobError('unreachable', '') }, 503, 'not-here', /can be reached/],
  ['the piece is too large', { view: viewWith({ piece: { sha256: '0', bytes: 2 ** 31 } }) }, 400, 'too-large', /piece/],
  ['the scene is too long', { view: viewWith({ frames: 5_001 }) }, 400, 'too-large', /5001 frames/],
  ['there is no such scene', { view: { ...viewOf(), scenes: [] } }, 404, 'unknown-scene', /no such scene/],
  ['it is an own sample', { own: true, job: { sample: 3 } }, 410, 'source-gone', /a sample does not record/],
  ['the own job is lost', { own: true }, 410, 'source-gone', /no longer known/],
  [
    'the source changed',
    { making: new MediaError('input-mismatch', 'The frames are not there.') },
    410,
    'source-gone',
    /: the frames are not there\.$/
  ],
  ['the source is away', { own: true, job: jobOf('/nowhere/film.mkv', 1) }, 410, 'source-gone', /ENOENT.*put it back/],
  ['it has grown', { own: true, job: jobOf(import.meta.filename, 1) }, 410, 'source-gone', /has grown since/],
  ['it is shorter', { own: true, job: jobOf(import.meta.filename, 1e9) }, 410, 'source-gone', /is shorter than/],
  [
    'there is no ffmpeg',
    { making: new MediaError('tool-missing', 'ffmpeg is missing') },
    503,
    'no-clip',
    /ffmpeg is missing/
  ],
  ['it takes too long', { making: new DOMException('', 'TimeoutError') }, 503, 'too-slow', /too long/]
])('%s', async ([, given, status, code, sentence]) => {
  expect(await refusal(given)).toEqual([status, code, expect.stringMatching(sentence)])
})

test('an error of the node stays one', async () => {
  expect(await refusal({ making: new Error('no room') })).toEqual([undefined, undefined, 'no room'])
})
