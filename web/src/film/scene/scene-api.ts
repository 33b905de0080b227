import { answerOf, api } from '../../api.ts'
import type { SceneDetail, SceneWhy } from '../../../../src/api/schemas/index.ts'

/** What the node knows of a scene. @throws NodeRefusal */
export async function fetchScene(projectId: string, scene: number, signal: AbortSignal): Promise<SceneDetail> {
  const param = { id: projectId, n: String(scene) }
  return answerOf(await api.projects[':id'].scenes[':n'].$get({ param }, { init: { signal } }))
}

/** Why it is not done. @throws NodeRefusal */
export async function fetchWhy(projectId: string, scene: number, signal: AbortSignal): Promise<SceneWhy> {
  const param = { id: projectId, n: String(scene) }
  return answerOf(await api.projects[':id'].scenes[':n'].why.$get({ param }, { init: { signal } }))
}
