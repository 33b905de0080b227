import { unknownProject, type ApiModules, type ProjectSnapshot } from '../modules.ts'

/** @throws ApiRefusal `unknown-project` */
export function findProject(projects: Pick<ApiModules['projects'], 'get'>, id: string): ProjectSnapshot {
  const snapshot = projects.get(id)
  if (snapshot == null) throw unknownProject()
  return snapshot
}
