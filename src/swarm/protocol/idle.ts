import { mayUseBuild } from './builds.ts'
import type { Announce } from './types.ts'

/** Why a node is idle for a project. The codes are API: they keep their meaning and are never reused. */
export type IdleCode =
  | 'no-slots'
  | 'no-encoder'
  | 'not-installed'
  | 'other-build'
  | 'untrusted-owner'
  | 'no-sandbox'
  | 'relay-no-films'
  | 'owner-away'
  | 'parameters'
  | 'memory'
  | 'too-large'
  | 'probe-failed'
  | 'no-probe'
  | 'other-bytes'
  | 'other-header'
  | 'draining'
  | 'paused'
  | 'disk-full'
  | 'not-shared'
  | 'owner-no-sandbox'
  | 'held-off'
  | 'probing'
  | 'not-ready'
  | 'queued'

export interface IdleReason {
  readonly code: IdleCode
  /** `other-build`: the node's builds of that encoder. `parameters`: what is wrong with them. `too-large`: its size and the largest that is allowed. `memory`: the memory needed and available. `paused`: why, where nobody did it by hand. `probe-failed`: the encoder's message. `no-sandbox`: why there is none, and what helps. Otherwise empty. */
  readonly detail: string
}

/**
 * The codes that an owner can give in `no-work` instead of a grant. `not-shared`: it gives scenes only to peers that it trusts. `owner-no-sandbox`: only to those that it trusts by name, because it has no sandbox. `not-ready`: it has no probe of its own encoder yet. `queued`: the film waits for its turn to be prepared. The last four are permanent, as long
 * as neither machine changes.
 */
const OWNER_CODES = [
  'not-shared',
  'owner-no-sandbox',
  'held-off',
  'not-ready',
  'queued',
  'no-probe',
  'other-build',
  'other-bytes',
  'other-header'
] as const satisfies readonly IdleCode[]

export type OwnerCode = (typeof OWNER_CODES)[number]

/** Why an owner gives a peer no scenes, whatever its encoder and the project. */
export type ClaimRefusal = Extract<OwnerCode, 'not-shared' | 'owner-no-sandbox'>

/** The code that an owner sent; undefined if it is not one of these. */
export const ownerCode = (reason: string): OwnerCode | undefined => OWNER_CODES.find((code) => code === reason)

/** Everything that decides whether a node works for a project. */
export interface IdleFacts {
  /** Encoding slots of the node. */
  readonly slots: number
  /** Encoder builds of the node. */
  readonly builds: readonly string[]
  /** The build that the project was announced for. */
  readonly needs: string
  /** Which other builds the project accepts. */
  readonly takes: Announce['builds']
  readonly isTrusted: boolean
  /** Why programs run without a sandbox here, where the owner is a stranger; undefined where they run in one, or need none. */
  readonly noSandbox: string | undefined
  /** The node has a connection with the owner. */
  readonly isConnected: boolean
  /** Every connection with the owner goes over a relay that carries messages and no films. */
  readonly isFilmless: boolean
  /** Why the node does not accept the announced parameters or video format; undefined if it does. */
  readonly refused: string | undefined
  /** Scenes of the project that fit into memory at once. */
  readonly slotsMax: number
  /** The memory that a scene needs and that is available, as text for people. */
  readonly memory: string
  /** The node's own probe for the project is known (or not needed), is being made, or failed. */
  readonly probe: 'known' | 'making' | 'failed'
  /** Why the probe failed, as text for people. */
  readonly probeWords: string
  readonly isDraining: boolean
  readonly isPaused: boolean
  /** Why, where its user did not do it by hand, as text for people; otherwise empty. */
  readonly pauseWords: string
  /** The picture is larger than its user wants here: both sizes, as text for people; undefined if it is not. */
  readonly tooLarge: string | undefined
  readonly isDiskFull: boolean
  /** The last attempt to talk to the owner failed. */
  readonly isAway: boolean
  /** The owner's latest code, if it is one of these. */
  readonly ownerSays: OwnerCode | undefined
}

/** `aom` of `aom/3.6.0/1f2e3d4c`. */
export const encoderOfBuild = (build: string): string => build.split('/')[0] ?? ''

export const hasBuild = ({ builds, needs, takes }: Pick<IdleFacts, 'builds' | 'needs' | 'takes'>): boolean =>
  builds.some((build) => mayUseBuild({ encoderBuild: needs, builds: takes }, build))

const ofSameEncoder = ({ builds, needs }: IdleFacts): string[] =>
  builds.filter((build) => encoderOfBuild(build) === encoderOfBuild(needs))

interface Check {
  readonly code: IdleCode
  /** The node does not even ask the owner; with other reasons it keeps its session, and asks as soon as the reason is gone. */
  readonly isStanding: boolean
  readonly holds: (facts: IdleFacts) => boolean
  readonly detail?: (facts: IdleFacts) => string
}

/** In this order: lasting reasons before temporary ones, cheap checks before expensive ones. The first that applies is the reason. */
const CHECKS: readonly Check[] = [
  { code: 'no-slots', isStanding: true, holds: ({ slots }) => slots === 0 },
  { code: 'no-encoder', isStanding: true, holds: ({ builds }) => builds.length === 0 },
  { code: 'not-installed', isStanding: true, holds: (facts) => ofSameEncoder(facts).length === 0 },
  {
    code: 'other-build',
    isStanding: true,
    holds: (facts) => !hasBuild(facts),
    detail: (facts) => ofSameEncoder(facts).join(', ')
  },
  // Whether it is on the local network shows only when it is connected.
  { code: 'owner-away', isStanding: true, holds: ({ isTrusted, isConnected }) => !isTrusted && !isConnected },
  { code: 'untrusted-owner', isStanding: true, holds: ({ isTrusted }) => !isTrusted },
  {
    code: 'no-sandbox',
    isStanding: true,
    holds: ({ noSandbox }) => noSandbox !== undefined,
    detail: ({ noSandbox = '' }) => noSandbox
  },
  // Whoever took scenes would fail to fetch them.
  { code: 'relay-no-films', isStanding: true, holds: ({ isFilmless }) => isFilmless },
  {
    code: 'parameters',
    isStanding: true,
    holds: ({ refused }) => refused !== undefined,
    detail: ({ refused = '' }) => refused
  },
  {
    code: 'too-large',
    isStanding: true,
    holds: ({ tooLarge }) => tooLarge !== undefined,
    detail: ({ tooLarge = '' }) => tooLarge
  },
  { code: 'memory', isStanding: true, holds: ({ slotsMax }) => slotsMax === 0, detail: ({ memory }) => memory },
  {
    code: 'probe-failed',
    isStanding: false,
    holds: ({ probe }) => probe === 'failed',
    detail: ({ probeWords }) => probeWords
  },
  { code: 'not-shared', isStanding: false, holds: ({ ownerSays }) => ownerSays === 'not-shared' },
  { code: 'owner-no-sandbox', isStanding: false, holds: ({ ownerSays }) => ownerSays === 'owner-no-sandbox' },
  { code: 'no-probe', isStanding: false, holds: ({ ownerSays }) => ownerSays === 'no-probe' },
  {
    code: 'other-build',
    isStanding: false,
    holds: ({ ownerSays }) => ownerSays === 'other-build',
    detail: (facts) => ofSameEncoder(facts).join(', ')
  },
  { code: 'other-bytes', isStanding: false, holds: ({ ownerSays }) => ownerSays === 'other-bytes' },
  { code: 'other-header', isStanding: false, holds: ({ ownerSays }) => ownerSays === 'other-header' },
  { code: 'draining', isStanding: false, holds: ({ isDraining }) => isDraining },
  {
    code: 'paused',
    isStanding: false,
    holds: ({ isPaused }) => isPaused,
    detail: ({ pauseWords }) => pauseWords
  },
  { code: 'disk-full', isStanding: false, holds: ({ isDiskFull }) => isDiskFull },
  { code: 'owner-away', isStanding: false, holds: ({ isAway }) => isAway },
  { code: 'held-off', isStanding: false, holds: ({ ownerSays }) => ownerSays === 'held-off' },
  { code: 'probing', isStanding: false, holds: ({ probe }) => probe === 'making' },
  { code: 'not-ready', isStanding: false, holds: ({ ownerSays }) => ownerSays === 'not-ready' },
  { code: 'queued', isStanding: false, holds: ({ ownerSays }) => ownerSays === 'queued' }
]

/** Every code, the first of several reasons first. */
export const IDLE_CODES: readonly IdleCode[] = [...new Set(CHECKS.map(({ code }) => code))]

/** The codes that a node tells others, because they cannot see them themselves. */
export const TOLD_CODES: ReadonlySet<IdleCode> = new Set<IdleCode>([
  'untrusted-owner',
  'no-sandbox',
  'relay-no-films',
  'owner-away',
  'parameters',
  'too-large',
  'memory',
  'probe-failed',
  'draining',
  'probing'
])

export interface IdleVerdict {
  /** The node has a session with the owner and asks it for scenes. */
  readonly isCandidate: boolean
  /** Undefined if nothing prevents the work. */
  readonly reason: IdleReason | undefined
}

/** Whether a node may work for a project, and why it does not. Behaviour and words come from here, so that they cannot differ. */
export function judgeProject(facts: IdleFacts): IdleVerdict {
  const check = CHECKS.find(({ holds }) => holds(facts))
  if (check == null) return { isCandidate: true, reason: undefined }
  return { isCandidate: !check.isStanding, reason: { code: check.code, detail: check.detail?.(facts) ?? '' } }
}

/** The first reason of those that are seen of a node and those that it tells. */
export function firstReason(...reasons: readonly (IdleReason | undefined)[]): IdleReason | undefined {
  return reasons
    .filter((reason) => reason != null)
    .toSorted((a, b) => IDLE_CODES.indexOf(a.code) - IDLE_CODES.indexOf(b.code))[0]
}

/** A reason that a node tells the others. */
export interface ToldIdle extends IdleReason {
  readonly projectId: string
}
