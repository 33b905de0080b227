import { answerOf, api } from '../../api.ts'
import { openSubmit } from '../../submit/open.ts'
import { otherName } from './other-name.ts'
import type { ProjectStatus } from '../../../../src/api/schemas/index.ts'

/** Opens the dialog with what a film of this node was made with. @throws NodeRefusal */
export async function runAgain({ projectId, outputPath }: ProjectStatus): Promise<void> {
  const request = await answerOf(await api.projects[':id'].request.$get({ param: { id: projectId } }))
  openSubmit(outputPath == null ? request : { ...request, output: otherName(outputPath) })
}
