import { readFile, rename } from 'node:fs/promises'
import { z } from 'zod'
import { writeFileAtomic } from '../../storage/index.ts'
import { LIMITS } from '../../swarm/protocol/index.ts'

/** Layout of the file; one more with each change of its shape. */
const VERSION = 1

const time = z.number().int().nonnegative()
const count = z.number().int().nonnegative()

const keptPeer = z.strictObject({
  peerId: z.string().min(1),
  standing: z.enum(['trusted', 'banned']),
  /** What the peer called itself when the user decided. */
  name: z.string(),
  decidedAtMs: time
})

const quarantined = z.strictObject({
  peerId: z.string().min(1),
  /** Bad results since the beginning. */
  strikes: count,
  refused: count,
  /** Time of day. */
  barredUntilMs: time
})

const file = z.strictObject({
  version: z.literal(VERSION),
  peers: z.array(keptPeer),
  quarantine: z.array(quarantined).max(LIMITS.workersMax)
})

/** What the user decided about a peer. */
export type KeptPeer = Readonly<z.infer<typeof keptPeer>>
/** What a peer that delivered bad results has against it. */
export type Quarantined = Readonly<z.infer<typeof quarantined>>

export interface KeptPeers {
  readonly peers: readonly KeptPeer[]
  readonly quarantine: readonly Quarantined[]
}

const NOBODY: KeptPeers = { peers: [], quarantine: [] }

const versionOnly = z.looseObject({ version: z.number() })

/**
 * Reads what was kept of peers. A damaged file is set aside, so that nothing of it is lost, and told of.
 * @throws Error with a sentence where a later version of grav1 wrote it: its bans would not count
 */
export async function readKeptPeers(path: string, warn: (message: string) => void): Promise<KeptPeers> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return NOBODY
  const found = parsed(text)
  const whole = file.safeParse(found)
  if (whole.success) return whole.data
  const written = versionOnly.safeParse(found)
  if (written.success && written.data.version > VERSION)
    throw new Error(`${path} was written by a later version of grav1, so bans in it would not count. Run that version.`)
  const aside = `${path}.damaged`
  await rename(path, aside)
  warn(
    `the list of trusted and banned peers is damaged; it was moved to ${aside}, and nobody is trusted or banned by it`
  )
  return NOBODY
}

/** Writes it so that a crash leaves the old file or the new one. */
export async function writeKeptPeers(path: string, { peers, quarantine }: KeptPeers): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify({ version: VERSION, peers, quarantine })}\n`)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
