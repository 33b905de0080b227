import { expect, test } from 'vitest'
import { bookOn, newDisk, newSigner } from '../../fixtures/log-bench.ts'
import { mutate, randomFrom } from '../../fixtures/mutations.ts'
import * as arbitrary from '../../fixtures/protocol-arbitraries.ts'
import { announceSample } from '../../fixtures/protocol-samples.ts'
import { isNightly } from '../../nightly.ts'
import { deriveProjectId, openClaimOf, openLeaseOf } from '../../../src/swarm/index.ts'
import * as protocol from '../../../src/swarm/protocol/index.ts'
import * as fc from 'fast-check'

const RUNS = isNightly ? 30_000 : 150
const SEED = 20_261_130

const owner = await newSigner()
const worker = await newSigner()
const parties = { worker: worker.peerId, owner: owner.peerId }
const nonce = '00'.repeat(16)
const announce: protocol.LogRecord = {
  projectId: deriveProjectId(owner.peerId, nonce),
  epoch: 1,
  seq: 0,
  prev: '',
  body: { type: 'announce', announce: { ...announceSample, nonce } }
}
const book = bookOn(newDisk(), await newSigner())
const [claim] = fc.sample(arbitrary.claim, { seed: SEED, numRuns: 1 }) as [protocol.LeaseClaim]

/** Doors behind which a signature is checked: what is signed there, by whom, and what takes it. */
const DOORS = {
  record: {
    payload: protocol.encodeLogRecord(announce),
    sign: async (payload: Uint8Array) => owner.sign('log', payload),
    take: async (envelope: Uint8Array): Promise<unknown> => book.ingest(envelope)
  },
  beat: {
    payload: protocol.encodeBeat(fc.sample(arbitrary.beat, { seed: SEED, numRuns: 1 })[0] as protocol.Beat),
    sign: async (payload: Uint8Array) => owner.sign('beat', payload),
    take: async (envelope: Uint8Array): Promise<unknown> => book.ingestBeat(envelope)
  },
  claim: {
    payload: protocol.encodeClaim({ ...claim, owner: owner.peerId } as protocol.LeaseClaim),
    sign: async (payload: Uint8Array) => worker.sign('claim', payload),
    take: async (envelope: Uint8Array): Promise<unknown> => openClaimOf(envelope, parties)
  },
  lease: {
    payload: protocol.encodeGrant(fc.sample(arbitrary.grant, { seed: SEED, numRuns: 1 })[0] as protocol.LeaseGrant),
    sign: async (payload: Uint8Array) => owner.sign('grant', payload),
    take: async (envelope: Uint8Array): Promise<unknown> => openLeaseOf(envelope, parties)
  }
}

test.for(Object.entries(DOORS))(
  '%s: what was changed before or after it was signed is taken, or refused by the error of the protocol',
  { timeout: isNightly ? 600_000 : 30_000 },
  async ([, { payload, sign, take }]) => {
    const whole = await sign(payload)
    let refused = 0
    for (let run = 0; run < RUNS; run += 1) {
      const random = randomFrom(SEED + run)
      const envelope = run % 2 === 0 ? mutate(whole, payload, random) : await sign(mutate(payload, whole, random))
      await take(envelope).catch((error: unknown) => {
        if (!(error instanceof protocol.ProtocolError)) throw new Error(`seed ${SEED + run}`, { cause: error })
        refused += 1
      })
    }
    expect(refused).toBeGreaterThan(RUNS / 2)
    expect(book.views.size).toBeLessThanOrEqual(protocol.LIMITS.strangerProjectsMax)
  }
)
