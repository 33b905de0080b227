import type { ProjectState } from '../../../src/api/schemas/index.ts'

const MARKS: Readonly<Record<ProjectState, string>> = {
  queued: '⋯',
  analysing: '◌',
  encoding: '▶',
  joining: '⧉',
  waiting: '⏸',
  completed: '✓',
  failed: '✕',
  cancelled: '–'
}

/** A project's state by shape, word and colour. */
export function StateMark({ state, stale = false }: { readonly state: ProjectState; readonly stale?: boolean }) {
  return (
    <span class={`state ${state}`}>
      <span aria-hidden="true">{MARKS[state]}</span> {state}
      {stale && <span class="badge stale">stale</span>}
    </span>
  )
}
