import type { ProjectState, ProjectStatus } from '../../../src/api/schemas/index.ts'

export const SORTS = {
  priority: ({ priority }: ProjectStatus) => priority,
  name: ({ title }: ProjectStatus) => title.toLocaleLowerCase(),
  encoder: ({ encoder }: ProjectStatus) => encoder,
  state: ({ state }: ProjectStatus) => STATES.indexOf(state),
  progress: ({ share }: ProjectStatus) => share,
  fps: ({ fps }: ProjectStatus) => fps,
  left: ({ etaSeconds }: ProjectStatus) => etaSeconds ?? Infinity,
  size: ({ bytes }: ProjectStatus) => bytes,
  pixels: ({ width, height }: ProjectStatus) => width * height,
  age: ({ createdAtMs }: ProjectStatus) => createdAtMs
} as const

export type SortKey = keyof typeof SORTS

export const STATES = [
  'encoding',
  'analysing',
  'queued',
  'joining',
  'waiting',
  'failed',
  'completed',
  'cancelled'
] as const satisfies readonly ProjectState[]

export interface Shown {
  readonly text: string
  readonly state: ProjectState | 'all'
  readonly sort: SortKey
  readonly descending: boolean
}

const matches = (project: ProjectStatus, words: readonly string[]): boolean => {
  const text = `${project.title} ${project.encoder} ${project.state} ${project.projectId}`.toLocaleLowerCase()
  return words.every((word) => text.includes(word))
}

/** The projects that the list shows, in its order; equal ones by age, so that they stay where they are. */
export function shownProjects(all: Iterable<ProjectStatus>, { text, state, sort, descending }: Shown): ProjectStatus[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  const valueOf = SORTS[sort]
  const sign = descending ? -1 : 1
  return [...all]
    .filter((project) => (state === 'all' || project.state === state) && matches(project, words))
    .toSorted((a, b) => {
      const [x, y] = [valueOf(a), valueOf(b)]
      if (x !== y) return x < y ? -sign : sign
      return a.createdAtMs - b.createdAtMs || (a.projectId < b.projectId ? -1 : 1)
    })
}
