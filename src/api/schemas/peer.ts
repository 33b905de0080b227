import { mannerNames } from '../manners/index.ts'
import { z } from 'zod'
import { count } from './common.ts'
import { joinRequest } from './invite.ts'
import type { IdleCode, PeerClass } from '../../swarm/protocol/index.ts'

/** Why a node is idle for a project that may need workers. */
export const idleCode = z
  .enum([
    'no-slots',
    'no-encoder',
    'not-installed',
    'other-build',
    'untrusted-owner',
    'no-sandbox',
    'relay-no-films',
    'owner-away',
    'parameters',
    'too-large',
    'memory',
    'probe-failed',
    'no-probe',
    'other-bytes',
    'other-header',
    'draining',
    'paused',
    'disk-full',
    'not-shared',
    'owner-no-sandbox',
    'held-off',
    'probing',
    'not-ready',
    'queued'
  ] as const satisfies readonly IdleCode[])
  .meta({ id: 'IdleCode' })

const PEER_CLASSES = [
  'self',
  'banned',
  'trusted',
  'member',
  'introduced',
  'local',
  'stranger'
] as const satisfies readonly PeerClass[]

export const standing = z.enum(['trusted', 'banned']).meta({ id: 'Standing' })

export const peerStatus = z
  .object({
    peerId: z.string(),
    name: z.string(),
    version: z.string(),
    connected: z.boolean(),
    addresses: z.array(z.string()),
    /** Encoding slots and how many are busy; 0 and 0 for a node that only watches. */
    slots: count,
    busy: count,
    /** Encoder builds it offers, e.g. `aom/3.6.0/1f2e3d4c`. */
    encoders: z.array(z.string()),
    /** `disk-full`: takes and makes nothing new until there is space again. */
    health: z.enum(['ok', 'disk-full']),
    /** Takes no new scenes because its user paused it. */
    paused: z.boolean(),
    /** Its machine is asleep until this time of day in milliseconds, by its own word; missing while it said nothing. */
    asleepUntilMs: count.optional(),
    /** How it is reached: `local` on the same network, `none` when it is not connected. */
    path: z.enum(['self', 'loopback', 'local', 'internet', 'relayed', 'none']),
    /** Peer id of the relay, where `path` is `relayed`. */
    relay: z.string().optional(),
    /** One of its connections was opened by it, so this node can be reached from there. */
    inbound: z.boolean().optional(),
    /** Latest round-trip time in milliseconds. */
    latencyMs: count.nullable(),
    /** Who it is to this node, which decides what it may do; docs/swarm.md has the table. */
    class: z.enum(PEER_CLASSES),
    /** What the user decided about it here, over the API or the command line. */
    standing: standing.nullable(),
    /** `barred`: it delivered a bad result and gets nothing for a while. */
    trust: z.enum(['self', 'trusted', 'stranger', 'barred']),
    /** Frames per second that it encodes now, from the beats of all projects that this node knows. */
    fps: count,
    /** Scenes of this peer that were accepted, over all known projects, and that were refused since this node started. */
    scenesDone: count,
    scenesRefused: count,
    /**
     * Up to 16 projects that it does nothing for, and why, in words that follow its name. For this node: all that it knows of. For a peer: projects of this node, and what the peer says of
     * others, which is the peer's own text.
     */
    idle: z.array(z.object({ projectId: z.string(), code: idleCode, reason: z.string() })).optional(),
    /** Seconds since it was last heard of, in steps of ten; 0 for a connected one. */
    heardSecondsAgo: count.nullable()
  })
  .meta({ id: 'Peer' })

export type PeerStatus = z.infer<typeof peerStatus>

/** A machine that goes on while this one is asleep. */
const aheadShare = z.object({
  peerId: z.string(),
  /** Scenes that it was given and has not handed in. */
  scenes: count,
  /** Of these, the ones whose piece of the source it has. */
  fetched: count,
  /** It has all that it gets. */
  ready: z.boolean()
})

export const nodeStatus = peerStatus
  .extend({
    /** Address that other machines join with. */
    bootstrap: z.string(),
    /** How others reach this node; missing where no node runs. */
    reach: z
      .object({
        /** Addresses that are worth giving to somebody, the best first. */
        addresses: z.array(
          z.object({
            address: z.string(),
            /** Who can dial it: everybody, its local network, everybody through a relay, those on the relay's local network, or this machine alone. */
            reach: z.enum(['public', 'local', 'relayed', 'relayed-local', 'machine']),
            /** A peer outside dialled it lately and got through. */
            isReached: z.boolean()
          })
        ),
        /** Peers outside that this node asked lately to dial it, and those of them that got through. */
        tried: count,
        reached: count
      })
      .optional(),
    uptimeSeconds: count,
    rssBytes: count,
    /** What its programs run in; null without a sandbox: then it encodes only for peers that it trusts by name, and gives scenes only to them. */
    sandbox: z.enum(['bubblewrap', 'sandbox-exec']).nullable(),
    /** Why there is none, and what helps; null where there is one. */
    noSandbox: z.string().nullable(),
    /** This machine is going to sleep, and which machines go on meanwhile; missing while nobody said so. */
    sleep: z.object({ untilMs: count, machines: z.array(aheadShare) }).optional(),
    /** Finishes what it encodes and hands the rest back, to be stopped afterwards. */
    draining: z.boolean(),
    /** Why it encodes nothing for now although nobody paused it: its machine is wanted for something else; null where it encodes. */
    rest: z
      .object({
        code: z.enum(['schedule', 'on-battery', 'too-hot', 'in-use']),
        /** When it goes on, in milliseconds since 1970; null where nobody knows. */
        untilMs: count.nullable(),
        /** For `too-hot` the temperature. */
        detail: z.string()
      })
      .nullable()
      .optional(),
    /** It encodes fewer scenes at once than its user wants, because an encoder ran out of memory; null where it does not. */
    fewerSlots: z
      .object({
        wanted: count,
        slots: count,
        /** Scenes that were being encoded when memory ran out. */
        ranAt: count,
        /** Time of day in milliseconds when one more is tried. */
        retryAtMs: count
      })
      .nullable()
      .optional(),
    /** How it behaves as a lent machine, as its user wrote it; `off` where there is no limit. */
    manners: z.record(z.enum(mannerNames), z.string()).optional(),
    /** Bytes per second that blobs may take, all together; 0 is no limit. */
    limits: z.object({ upload: count, download: count, lan: z.boolean() }).optional(),
    /** Scenes being fetched, encoded or delivered here; a drain is over at 0. */
    inHand: count.optional(),
    /** Machines that want to join and wait for the user's word, the first first. */
    joinRequests: z.array(joinRequest).optional()
  })
  .meta({ id: 'Node' })

export type NodeStatus = z.infer<typeof nodeStatus>
