import { unknownProject } from '../refusal.ts'
import type { ApiPorts, ProjectSnapshot } from '../ports.ts'

/** @throws ApiRefusal `unknown-project` */
export function findProject(projects: Pick<ApiPorts['projects'], 'get'>, id: string): ProjectSnapshot {
  const snapshot = projects.get(id)
  if (snapshot == null) throw unknownProject()
  return snapshot
}
