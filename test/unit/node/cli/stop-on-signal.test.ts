import { describe, expect, test } from 'vitest'
import { stopOnSignal } from '../../../../src/node/cli/stop-on-signal.ts'
import { fakeIo, peer } from './fixtures.ts'

/** A daemon whose drain lasts until a stop without drain cuts it short. */
function fakeDaemon(busy: number) {
  const stops: boolean[] = []
  const drained = Promise.withResolvers<void>()
  return {
    stops,
    finish: drained.resolve,
    status: () => peer({ busy }),
    stop: async ({ drain }: { readonly drain: boolean }) => {
      stops.push(drain)
      if (!drain) drained.resolve()
      await drained.promise
    }
  }
}

describe('stopOnSignal', () => {
  test('one Ctrl-C finishes what runs', async () => {
    const { io, err, raise, listening } = fakeIo()
    const daemon = fakeDaemon(3)
    const ending = stopOnSignal(daemon, io)
    raise('SIGINT')
    expect(err).toEqual(['finishing 3 running scenes, Ctrl-C again to stop at once'])
    daemon.finish()
    expect(await ending).toBe('ok')
    expect(daemon.stops).toEqual([true])
    expect(listening()).toBe(0)
  })

  test('two stop at once, a third ends the process', async () => {
    const { io, exits, raise } = fakeIo()
    const daemon = fakeDaemon(1)
    const ending = stopOnSignal(daemon, io)
    raise('SIGINT')
    raise('SIGINT')
    raise('SIGINT')
    expect(await ending).toBe('interrupted')
    expect(daemon.stops).toEqual([true, false])
    expect(exits).toEqual([130])
  })

  test.each(['SIGTERM', 'SIGHUP'] as const)('%s stops at once', async (signal) => {
    const { io, raise } = fakeIo()
    const daemon = fakeDaemon(1)
    const ending = stopOnSignal(daemon, io)
    raise(signal)
    expect(await ending).toBe('ok')
    expect(daemon.stops).toEqual([false])
  })

  test('an uncaught error stops and fails', async () => {
    const { io, err, raise } = fakeIo()
    const daemon = fakeDaemon(1)
    const ending = stopOnSignal(daemon, io)
    raise('crash', new Error('boom'))
    expect(await ending).toBe('failed')
    expect(err[0]).toContain('boom')
  })

  test('a stop that fails is a failure', async () => {
    const { io, err, raise } = fakeIo()
    const daemon = { status: () => peer(), stop: () => Promise.reject(new Error('disk full')) }
    const ending = stopOnSignal(daemon, io)
    raise('SIGINT')
    expect(await ending).toBe('failed')
    expect(err[1]).toContain('disk full')
  })
})
