import { NOTHING_YET, stateAfter, type TopState } from '../../../../../src/node/cli/top/state.ts'
import type { LiveEvent, LogLine, SceneChange } from '../../../../../src/api/schemas/index.ts'
import { peer, peerId, project, swarm } from '../fixtures.ts'

export const NOW = 1_700_000_000_000
export const OTHER = `${peerId.slice(0, -4)}WXYZ`

export const sceneOf = (scene: number, change: Partial<SceneChange> = {}): SceneChange => ({
  scene,
  frames: 100,
  state: 0,
  framesDone: 0,
  bytes: 0,
  encodeMs: 0,
  attempts: 0,
  psnr: null,
  psnrMean: null,
  xpsnr: null,
  worker: null,
  ...change
})

export const logLineOf = (change: Partial<LogLine> = {}): LogLine => ({
  number: 1,
  atMs: NOW,
  level: 'info',
  message: 'scene encoded',
  project: 'p-1234',
  peer: null,
  fields: '{"scene":7,"frames":500,"bytes":628736,"ms":41000}',
  ...change
})

export const runningOf = (scene: number, worker: string, share = 0.5) => ({
  scene,
  worker,
  pass: 2,
  frames: 50,
  sceneFrames: 100,
  share
})

/** State after these events, all at `NOW`. */
export const stateOf = (events: readonly LiveEvent[], from: TopState = NOTHING_YET): TopState =>
  events.reduce((state, event) => stateAfter(state, event, NOW), from)

const READY: LiveEvent = { event: 'ready', data: {} }

/** A node with two films, one of them at work here and on a peer. */
export const busyState = (): TopState =>
  stateOf([
    { event: 'hello', data: { boot: 'b', full: true, peerId, version: '0.1.0' } },
    {
      event: 'node',
      data: { ...swarm().node, slots: 2, busy: 1, bootstrap: `/ip4/192.168.1.9/tcp/7898/p2p/${peerId}` }
    },
    { event: 'peer', data: peer({ peerId: OTHER, name: 'attic', fps: 9.1 }) },
    {
      event: 'project',
      data: project({ passes: 2, running: [runningOf(1, peerId), runningOf(2, OTHER)], createdAtMs: NOW - 60_000 })
    },
    {
      event: 'project',
      data: project({
        projectId: 'p-5678',
        title: 'second.mkv',
        state: 'completed',
        phases: [],
        share: 1,
        endedAtMs: NOW,
        outputPath: '/films/second.aom.mkv'
      })
    },
    {
      event: 'scenes',
      data: {
        projectId: 'p-1234',
        scenes: [
          sceneOf(0, { state: 5, framesDone: 100, bytes: 500_000, worker: OTHER, encodeMs: 4000 }),
          sceneOf(1, { state: 3, framesDone: 50, worker: peerId }),
          sceneOf(2, { state: 2, framesDone: 50, worker: OTHER }),
          sceneOf(3, { state: 6, attempts: 3 }),
          sceneOf(4)
        ]
      }
    },
    { event: 'log', data: logLineOf() },
    READY
  ])
