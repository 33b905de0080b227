import { expect, test } from 'vitest'
import { createProver, type SceneToProve } from '../../../../src/node/owner/prover.ts'
import { NO_HELP } from '../../../fixtures/no-help.ts'
import { patience } from '../../../fixtures/patience.ts'
import { waitFor } from '../../../../src/common/wait.ts'

const SCENE = { plan: {}, spec: {} } as SceneToProve
const signal = patience()

test('another worker that is first ends the encode of the owner', async () => {
  const ends: unknown[] = []
  const encoding = Promise.withResolvers<void>()
  const prover = createProver({
    workDir: '',
    encodeAgain: async (_scene, stop) => {
      encoding.resolve()
      return waitFor<string>(() => () => {}, stop).finally(() => ends.push(stop.aborted))
    }
  })
  let stopped = 0
  const confirmed = encoding.promise.then(() => 'friend')
  const help = { ask: () => ({ confirmed, stop: () => (stopped += 1) }) }
  expect(await prover.helped(SCENE, help, signal)).toEqual({ type: 'confirmed', by: 'friend' })
  await new Promise((resolve) => setImmediate(resolve))
  expect({ ends, stopped }).toEqual({ ends: [true], stopped: 1 })
})

test('the bytes of the owner count where it is first, and its failure is a fact', async () => {
  const good = createProver({ workDir: '', encodeAgain: async () => 'bytes' })
  expect(await good.helped(SCENE, NO_HELP, signal)).toEqual({ type: 'encoded', sha256: 'bytes' })
  expect(await good.alone(SCENE, signal)).toEqual({ type: 'encoded', sha256: 'bytes' })
  const bad = createProver({
    workDir: '',
    encodeAgain: async () => {
      throw new Error('out of memory')
    }
  })
  expect(await bad.helped(SCENE, NO_HELP, signal)).toEqual({ type: 'own-failure', reason: 'out of memory' })
  await expect(bad.alone(SCENE, AbortSignal.abort(new Error('stopping')))).rejects.toThrow('stopping')
})
