import { parseSpec, type ProjectSpec } from '../project-spec.ts'
import { slotsByMemory } from '../slots.ts'
import type { Logger } from '../../swarm/index.ts'
import type { Candidate, ProjectView } from '../../swarm/protocol/index.ts'

export interface CandidatesComponents {
  readonly log: Logger
  readonly isTrusted: (owner: string) => boolean
  /** Ask for a connection with an owner: whether it is trusted may hang on where it is. */
  readonly reach: (owner: string) => void
}

/** The projects that this node may work for: unfinished, of an owner it trusts, for an encoder build that is here, with parameters that it allows. */
export function findCandidates(
  views: Iterable<ProjectView>,
  builds: ReadonlySet<string>,
  components: CandidatesComponents
): Candidate[] {
  return [...views].map((view) => candidateOf(view, builds, components)).filter((candidate) => candidate != null)
}

function candidateOf(
  view: ProjectView,
  builds: ReadonlySet<string>,
  { isTrusted, reach, log }: CandidatesComponents
): Candidate | undefined {
  const { projectId, owner, priority, announce } = view
  const waiting = view.planned == null || view.acceptedScenes < view.planned.scenes
  if (view.end != null || !waiting || !builds.has(announce.encoderBuild)) return undefined
  if (!isTrusted(owner)) {
    reach(owner)
    return undefined
  }
  const spec = specOf(view, log)
  if (spec == null) return undefined
  const slotsMax = slotsByMemory(spec.megapixels, spec.encoder.name)
  return { projectId, owner, priority, createdAtMs: announce.createdAtMs, slotsMax }
}

function specOf(view: ProjectView, log: Logger): ProjectSpec | undefined {
  try {
    return parseSpec(view.announce)
  } catch (error) {
    log.debug({ projectId: view.projectId, err: error }, 'this project asks for what is not allowed here')
    return undefined
  }
}
