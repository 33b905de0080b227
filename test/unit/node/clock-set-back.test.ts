import { expect, onTestFinished, test, vi } from 'vitest'
import { OFF_MANNERS } from '../../fixtures/manners.ts'
import { createSelf } from '../../../src/node/peers/self.ts'

test('a clock that is set back while the node runs leaves its uptime as it is', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const self = createSelf({
    peerId: 'self',
    name: 'nas',
    control: { paused: false, draining: false, limits: { upload: 0, download: 0 }, manners: OFF_MANNERS },
    limitLan: false,
    manners: { rest: undefined },
    health: () => 'ok',
    sandbox: { type: 'none', code: 'off', words: '' },
    joinRequests: () => [],
    addresses: () => [],
    ways: { useful: () => [], state: () => ({ addresses: [], tried: 0, reached: 0 }) },
    worker: {
      busy: () => 0,
      inHand: () => 0,
      slots: () => 1,
      fewerSlots: () => undefined,
      idle: { of: () => undefined, list: () => [], told: () => [] }
    },
    absence: { leftMs: () => undefined, shares: () => [] },
    builds: () => [],
    workOf: () => ({ trust: 'self', fps: 0, scenesDone: 0, scenesRefused: 0 })
  })
  vi.setSystemTime(Date.now() - 3_600_000)
  expect(self.nodeStatus().uptimeSeconds).toBe(0)
})
