import { projectStatusOf } from '../../api/project-json.ts'
import type { ChronicleSample } from '../../api/schemas/index.ts'
import type { NodePort, ProjectsPort } from '../../api/ports.ts'

/** Of more nodes and projects only those with the highest figures are kept. */
const PER_SAMPLE_MAX = 32

export interface SampleSources {
  readonly node: Pick<NodePort, 'status' | 'peers'>
  readonly projects: Pick<ProjectsPort, 'list'>
}

const highest = (figures: readonly (readonly [string, number])[]): Record<string, number> =>
  Object.fromEntries(figures.toSorted(([, a], [, b]) => b - a).slice(0, PER_SAMPLE_MAX))

/** Who is how fast, and how much is left of what is not done. */
export function sampleOf(atMs: number, { node, projects }: SampleSources): ChronicleSample {
  const nodes = [node.status(), ...node.peers()].filter(({ slots, connected }) => connected && slots > 0)
  const open = projects.list().filter(({ view }) => view.end == null)
  return {
    atMs,
    fps: highest(nodes.map(({ peerId, fps }) => [peerId, Math.round(100 * fps) / 100])),
    left: highest(
      open.map((project) => {
        const { projectId, totalFrames, frames } = projectStatusOf(project)
        return [projectId, Math.max(0, totalFrames - frames)]
      })
    )
  }
}

/** Nobody encodes. */
export const saysNothing = ({ fps }: ChronicleSample): boolean => Object.values(fps).every((value) => value === 0)
