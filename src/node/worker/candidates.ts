import { errorText } from '../../common/error-text.ts'
import { usableBuild } from '../project-probes.ts'
import { type FactsOf, parseSpec } from '../project-spec.ts'
import { memoryForScenes, type SceneMemory } from '../slots.ts'
import type { ProbeState } from './probe-book.ts'
import {
  hasBuild,
  judgeProject,
  mayNeedWork,
  type Beat,
  type Candidate,
  type IdleFacts,
  type IdleVerdict,
  type OwnerCode,
  type ProjectView
} from '../../swarm/protocol/index.ts'

const UNASKED: Asked = {
  isTrusted: true,
  noSandbox: undefined,
  isConnected: true,
  isFilmless: false,
  isAway: false,
  ownerSays: undefined
}
const UNSEEN: Taken = {
  refused: undefined,
  tooLarge: undefined,
  slotsMax: 1,
  memory: '',
  probe: 'known',
  probeWords: ''
}

/** What this node is and does, whatever the project. */
export type NodeFacts = Pick<IdleFacts, 'slots' | 'builds' | 'isDraining' | 'isPaused' | 'pauseWords' | 'isDiskFull'>

export interface CandidatesComponents {
  /** Peer id of this node. */
  readonly self: string
  readonly isTrusted: (owner: string) => boolean
  /** Why there is no sandbox, where the owner is a stranger. */
  readonly noSandboxFor: (owner: string) => string | undefined
  /** There is a connection with the owner. */
  readonly isConnected: (owner: string) => boolean
  /** All connections with the owner go over relays that carry no films. */
  readonly isFilmless: (owner: string) => boolean
  /** The last attempt to talk to the owner failed. */
  readonly isAway: (owner: string) => boolean
  readonly ownerSays: (projectId: string) => OwnerCode | undefined
  /** What is known of what a build makes of the project's probe clip; begins to find out where it may. */
  readonly probeOf: (view: ProjectView, build: string) => ProbeState
  /** The largest picture that its user wants to be encoded here. */
  readonly maxPicture: () => Size | undefined
  /** When a project is tried again of which not even one scene fitted here, in words; undefined where none was short. */
  readonly shortOf: (projectId: string) => string | undefined
  /** Of this machine; default its own. For tests. */
  readonly memoryBytes?: number
  /** Of the programs here, which have to take a project's parameters. */
  readonly programFacts: FactsOf
}

/** A project that may need workers, and what this node makes of it. */
export interface JudgedProject extends IdleVerdict {
  readonly view: ProjectView
  /** Scenes of it that this machine has the memory for. */
  readonly slotsMax: number
  readonly probed: boolean
}

/** What this node makes of every project that may need workers. */
export function judgeProjects(
  views: Iterable<ProjectView>,
  beatOf: (projectId: string) => Beat | undefined,
  node: NodeFacts,
  components: CandidatesComponents
): JudgedProject[] {
  return [...views]
    .filter((view) => mayNeedWork(view, beatOf(view.projectId)))
    .map((view) => {
      const facts = factsOf(view, node, components)
      return { view, slotsMax: facts.slotsMax, probed: facts.probe === 'known', ...judgeProject(facts) }
    })
}

/** Of those the ones that it asks their owners for: unfinished, of an owner it trusts, for an encoder build that is here, with parameters that it allows. */
export function candidatesOf(judged: readonly JudgedProject[]): Candidate[] {
  return judged
    .filter(({ isCandidate }) => isCandidate)
    .map(({ view: { projectId, owner, priority, announce }, slotsMax, probed }) => ({
      projectId,
      owner,
      priority,
      createdAtMs: announce.createdAtMs,
      slotsMax,
      probed
    }))
}

function factsOf(view: ProjectView, node: NodeFacts, components: CandidatesComponents): IdleFacts {
  const { projectId, owner, announce } = view
  const { isTrusted, noSandboxFor, isConnected, isFilmless, isAway, ownerSays } = components
  const known = { ...node, needs: announce.encoderBuild, takes: announce.builds }
  // Every record of the swarm comes by here: what cannot be encoded here is not looked into further.
  if (node.slots === 0 || !hasBuild(known)) return { ...known, ...UNASKED, ...UNSEEN }
  const asked = {
    isTrusted: isTrusted(owner),
    noSandbox: noSandboxFor(owner),
    isConnected: isConnected(owner),
    isFilmless: isFilmless(owner),
    isAway: isAway(owner),
    ownerSays: ownerSays(projectId)
  }
  // Nor is what strangers announce.
  const isTaken = asked.isTrusted && asked.noSandbox === undefined
  return { ...known, ...asked, ...(isTaken ? takesProject(view, node.builds, components) : UNSEEN) }
}

type Asked = Pick<IdleFacts, 'isTrusted' | 'noSandbox' | 'isConnected' | 'isFilmless' | 'isAway' | 'ownerSays'>

interface Size {
  readonly width: number
  readonly height: number
}

const sizeText = ({ width, height }: Size): string => `${width}x${height}`

/** Upright pictures count as if they lay. */
function tooLarge(picture: Size, most: Size | undefined): string | undefined {
  if (most === undefined) return undefined
  const fits =
    Math.max(picture.width, picture.height) <= Math.max(most.width, most.height) &&
    Math.min(picture.width, picture.height) <= Math.min(most.width, most.height)
  return fits ? undefined : `${sizeText(picture)}, and ${sizeText(most)} is allowed`
}

type Taken = Pick<IdleFacts, 'refused' | 'tooLarge' | 'slotsMax' | 'memory' | 'probe' | 'probeWords'>

function takesProject(view: ProjectView, builds: readonly string[], components: CandidatesComponents): Taken {
  const { owner, announce } = view
  const { self, memoryBytes, maxPicture, probeOf, programFacts } = components
  try {
    const spec = parseSpec(announce, programFacts)
    const large = tooLarge(announce, maxPicture())
    if (large !== undefined) return { ...UNSEEN, tooLarge: large }
    const fits = room(memoryForScenes(spec.megapixels, spec.encoder.name, memoryBytes), owner === self)
    const short = components.shortOf(view.projectId)
    if (short !== undefined) return { ...UNSEEN, slotsMax: 0, memory: short }
    // A clip of its size would not fit either.
    if (fits.slotsMax === 0) return { ...UNSEEN, ...fits }
    const state = probeOf(view, usableBuild(builds, announce) ?? '')
    return { ...UNSEEN, ...fits, probe: state.type, probeWords: state.type === 'failed' ? state.reason : '' }
  } catch (error) {
    return { ...UNSEEN, refused: errorText(error) }
  }
}

/** An own film is tried whatever it needs: perhaps nobody else is there, and its user asked for it. */
function room({ scenes, needsGib, hasGib }: SceneMemory, isOwn: boolean): Pick<Taken, 'slotsMax' | 'memory'> {
  const memory = `${needsGib.toFixed(1)} GiB for a scene, and ${hasGib.toFixed(1)} GiB are available`
  return { slotsMax: isOwn ? Math.max(1, scenes) : scenes, memory }
}
