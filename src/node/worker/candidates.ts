import { usableBuild } from '../project-probes.ts'
import { parseSpec } from '../project-spec.ts'
import { slotsByMemory } from '../slots.ts'
import { mayNeedWork, type Beat, type Candidate, type ProjectView } from '../../swarm/protocol/index.ts'

export interface CandidatesComponents {
  readonly beatOf: (projectId: string) => Beat | undefined
  /** Whether it is known what a build makes of the project's probe clip, or need not be. */
  readonly isProbed: (view: ProjectView, build: string) => boolean
  /** Told why a project that waits for workers gets none here. */
  readonly passOver: (projectId: string, reason: string) => void
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
  { beatOf, isProbed, isTrusted, reach, passOver }: CandidatesComponents
): Candidate | undefined {
  const { projectId, owner, priority, announce } = view
  if (!mayNeedWork(view, beatOf(projectId))) return undefined
  const build = usableBuild(builds, announce)
  if (build === undefined) {
    passOver(projectId, `it needs the encoder build ${announce.encoderBuild}`)
    return undefined
  }
  if (!isTrusted(owner)) {
    reach(owner)
    passOver(projectId, `its owner ${owner} is not trusted; see --trust`)
    return undefined
  }
  try {
    const spec = parseSpec(announce)
    const slotsMax = slotsByMemory(spec.megapixels, spec.encoder.name)
    const probed = isProbed(view, build)
    return { projectId, owner, priority, createdAtMs: announce.createdAtMs, slotsMax, probed }
  } catch (error) {
    passOver(
      projectId,
      `it asks for what is not allowed here: ${error instanceof Error ? error.message : String(error)}`
    )
    return undefined
  }
}
