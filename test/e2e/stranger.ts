import { onTestFinished } from 'vitest'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { multiaddr } from '@multiformats/multiaddr'
import { findEncoders } from '../../src/encode/index.ts'
import { createProjectProbes, type MadeProbe } from '../../src/node/project-probes.ts'
import { createSessions, openLease } from '../../src/swarm/index.ts'
import {
  encodeClaim,
  type Announce,
  type BlobRef,
  type ProjectView,
  type SessionMessage,
  type Token
} from '../../src/swarm/protocol/index.ts'
import { silent } from '../fixtures/swarm-node.ts'
import { swarmPeer } from '../fixtures/swarm-peer.ts'
import { eventually, type SpawnedNode } from './harness.ts'
import { patience } from '../fixtures/patience.ts'

/** A peer that speaks the protocol and follows no rule. It hears what any node hears. */
export interface Stranger {
  readonly id: string
  readonly view: () => ProjectView | undefined
  /** Claims until it is given a scene. */
  readonly claim: () => Promise<Token>
  /** Hands in a blob as the result of a scene. @returns what the owner says of it */
  readonly handIn: (token: Token, blob: BlobRef) => Promise<Extract<SessionMessage, { type: 'settled' }>>
}

/** What an encoder of this machine makes of a project's probe clip, as its claims have to say. */
async function makeProbe(announce: Announce): Promise<MadeProbe> {
  const folder = await mkdtemp(join(tmpdir(), 'grav1-probe-'))
  onTestFinished(async () => rm(folder, { recursive: true, force: true }))
  const encoders = findEncoders({ signal: patience() })
  const probes = createProjectProbes({
    folder,
    encoders: async () => (await encoders).installed,
    threads: 1,
    nice: 0,
    log: silent
  })
  return probes.make(announce, () => true, patience())
}

/** Connects with the owner of a project. */
export async function stranger(owner: SpawnedNode, projectId: string): Promise<Stranger> {
  const { node, signer, book, sync, id } = await swarmPeer()
  const said: SessionMessage[] = []
  await node.dial(multiaddr(owner.address))
  const sessions = createSessions({ node, log: silent })
  onTestFinished(async () => sessions.stop())
  const session = await sessions.open(owner.peerId)
  session.onMessage = (message) => void said.push(message)
  const view = (): ProjectView | undefined => book.views.get(projectId)

  const { announce } = await eventually('the project', async () => {
    sync.pull(owner.peerId)
    return view()
  })
  // Before an honest worker has done it all.
  const { build: encoderBuild, probe } = await makeProbe(announce)

  async function claim(): Promise<Token> {
    return eventually('a grant', async () => {
      const claimId = randomBytes(16).toString('hex')
      const mine = { projectId, owner: owner.peerId, claimId, encoderBuild, probe, prefetch: false }
      session.send({ type: 'claim', envelope: await signer.sign('claim', encodeClaim(mine)) })
      const isAnswer = (one: SessionMessage): boolean =>
        one.type === 'grant' || (one.type === 'no-work' && one.claimId === claimId)
      const at = said.length
      const answer = await eventually('an answer', async () => said.slice(at).find(isAnswer))
      return answer.type === 'grant' ? (await openLease(answer.envelope)).token : undefined
    })
  }

  return {
    id,
    view: () => {
      sync.pull(owner.peerId)
      return view()
    },
    claim,
    handIn: async (token, blob) => {
      session.send({ type: 'result', token, blob, encodeMs: 1 })
      return eventually('the verdict', async () =>
        said.find((one) => one.type === 'settled' && one.token.attempt === token.attempt)
      ) as Promise<Extract<SessionMessage, { type: 'settled' }>>
    }
  }
}
