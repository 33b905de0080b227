import { projectStatusOf } from './project-json.ts'
import type { ProjectSnapshot } from './ports.ts'
import type { ProjectView } from '../swarm/protocol/index.ts'

/** Views are replaced, never changed: the text of one goes with it. */
const texts = new WeakMap<ProjectView, { readonly snapshot: ProjectSnapshot; readonly text: string }>()

/** A project for `/api/v2` as JSON, rebuilt only if something changed. */
export function projectStatusText(snapshot: ProjectSnapshot): string {
  const known = texts.get(snapshot.view)
  if (known != null && isSameSnapshot(known.snapshot, snapshot)) return known.text
  const text = JSON.stringify(projectStatusOf(snapshot))
  texts.set(snapshot.view, { snapshot, text })
  return text
}

/** The parts of a snapshot are replaced, never changed. */
export function isSameSnapshot(a: ProjectSnapshot, b: ProjectSnapshot): boolean {
  return (Object.keys(b) as (keyof ProjectSnapshot)[]).every((key) => a[key] === b[key])
}
