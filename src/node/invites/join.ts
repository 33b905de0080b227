import { chown, copyFile, stat } from 'node:fs/promises'
import { writeFileAtomic } from '../../storage/index.ts'
import { createSigner, type Invite, InviteError, readInvite, swarmNameOf } from '../../swarm/index.ts'
import type { Config } from '../config/types.ts'
import { joinedFile, joinedKeyFile, type JoinedSwarm, readJoined } from '../config/joined.ts'
import { openDataDir } from '../disk/data-dir.ts'
import { identityFile, loadIdentity } from '../disk/identity.ts'
import { loadSwarmKey } from '../disk/swarm-key.ts'
import { redeem, type RedeemInit } from './redeem.ts'

export interface JoinInit extends Pick<RedeemInit, 'onWaiting' | 'signal'> {
  readonly config: Pick<Config, 'dataDir' | 'name' | 'swarmKey'>
  /** Leaves the swarm that the data folder is in. */
  readonly force: boolean
  readonly warn: (message: string) => void
  /** Default ten minutes. */
  readonly waitMs?: number
}

/** What became of an invitation. */
export interface Joined {
  readonly isPrivate: boolean
  /** Peer id of the node that invited. */
  readonly inviter: string
  /** The data folder was in this swarm before; only addresses were added. */
  readonly wasIn: boolean
}

const keyBefore = (path: string): string => `${path}.old`

const WAIT_MS = 10 * 60_000
/** Addresses of nodes that are kept, the newest first. */
const BOOTSTRAP_MAX = 32

/** The swarm that a data folder is in: its name, '' for an open one that it joined, undefined for none. */
interface Present {
  readonly swarm: string | undefined
  readonly joined: JoinedSwarm | undefined
  /** File with a swarm key that an option names. */
  readonly keyGiven: string | undefined
}

async function presentOf({ dataDir, swarmKey }: JoinInit['config'], warn: JoinInit['warn']): Promise<Present> {
  const joined = await readJoined(dataDir)
  const swarm = swarmKey === undefined ? joined?.swarm : swarmNameOf(await loadSwarmKey(swarmKey, warn))
  return { swarm, joined, keyGiven: swarmKey === joinedKeyFile(dataDir) ? undefined : swarmKey }
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** @throws InviteError `other-swarm` */
function checkPresent({ swarm, joined, keyGiven }: Present, force: boolean): void {
  if (swarm === undefined) return
  if (keyGiven !== undefined)
    throw new InviteError(
      'other-swarm',
      `This machine is in another private swarm, with the key ${keyGiven}. Remove "swarm-key" from its options first.`
    )
  if (force || joined === undefined) return
  const kind = swarm === '' ? 'an open swarm' : 'another private swarm'
  throw new InviteError(
    'other-swarm',
    `This machine is in ${kind}, by an invitation of ${joined.inviter} on ${dayOf(joined.joinedAtMs)}. Use --force to leave it.`
  )
}

function checkTime({ expiresAtMs }: Invite): void {
  if (Date.now() >= expiresAtMs)
    throw new InviteError(
      'expired',
      `The invitation expired at ${new Date(expiresAtMs).toISOString()}, and it is ${new Date().toISOString()} here: ask for a new one.`
    )
}

/**
 * Takes up an invitation: the data folder then holds the swarm's key and addresses, and every node that starts on it is in the swarm.
 * @throws InviteError with a sentence; nothing is changed then
 */
export async function join(text: string, init: JoinInit): Promise<Joined> {
  const { config, force, warn, waitMs = WAIT_MS } = init
  const { dataDir } = config
  const invite = await readInvite(text)
  checkTime(invite)
  await openDataDir(dataDir)
  const privateKey = await loadIdentity(dataDir)
  if (createSigner(privateKey).peerId === invite.inviter)
    throw new InviteError('own-node', 'This machine made the invitation itself: use it on another machine.')
  const present = await presentOf(config, warn)
  const wasIn = present.swarm === invite.swarm
  if (!wasIn) checkPresent(present, force)
  if (!wasIn && invite.swarm !== '') {
    const key = await redeem(invite, { ...init, privateKey, name: config.name, waitMs })
    await keepKey(joinedKeyFile(dataDir), key)
  }
  const before = wasIn ? (present.joined?.bootstrap ?? []) : []
  const joined: JoinedSwarm = {
    // A key that an option names stays there.
    swarm: wasIn && present.keyGiven !== undefined ? '' : invite.swarm,
    inviter: invite.inviter,
    joinedAtMs: Date.now(),
    bootstrap: [...new Set([...invite.addresses, ...before])].slice(0, BOOTSTRAP_MAX)
  }
  await writeFileAtomic(joinedFile(dataDir), `${JSON.stringify(joined, undefined, 2)}\n`)
  await giveToOwner(dataDir)
  return { isPrivate: invite.swarm !== '', inviter: invite.inviter, wasIn }
}

/** The key of a swarm that is left may be the last copy. */
async function keepKey(path: string, key: string): Promise<void> {
  await copyFile(path, keyBefore(path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  await writeFileAtomic(path, key)
}

/** What root writes into the folder of a service belongs to the user of the folder, as the rest of it does. */
async function giveToOwner(dataDir: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = await stat(dataDir)
  const key = joinedKeyFile(dataDir)
  for (const file of [identityFile(dataDir), joinedFile(dataDir), key, keyBefore(key)])
    await chown(file, uid, gid).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
}
