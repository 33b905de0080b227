import { resolve } from 'node:path'
import type { ProjectStatus } from '../../api/schemas/index.ts'
import { projectNamed } from './cancel-command.ts'
import { createClient, type NodeClient } from './client.ts'
import type { ExitReason } from './exit-codes.ts'
import { findNode } from './find-node.ts'
import { printable } from '../../common/text.ts'
import { shownTitle } from './format.ts'
import type { CliIo } from './io.ts'
import { ownerRefusal } from './owner-refusal.ts'
import type { NodeOptions } from './status-command.ts'

type Task = (client: NodeClient, project: ProjectStatus) => Promise<void>

/** Has the owner of a project do something, and says what a refusal means. */
async function atOwner(id: string, options: NodeOptions, dataDir: string, io: CliIo, task: Task): Promise<void> {
  const client = createClient(await findNode({ ...options, env: io.env, dataDir }))
  const status = await client.status()
  const project = projectNamed(status.projects, id)
  try {
    await task(client, project)
  } catch (error) {
    throw ownerRefusal(error, project.owner, status)
  }
}

/** `grav1 retry` */
export async function retryCommand(id: string, options: NodeOptions, dataDir: string, io: CliIo): Promise<ExitReason> {
  await atOwner(id, options, dataDir, io, async (client, { projectId, title }) => {
    await client.retry(projectId)
    io.out(`trying ${projectId} (${shownTitle(title)}) again`)
  })
  return 'ok'
}

export interface OutputOptions extends NodeOptions {
  readonly overwrite?: boolean
}

/** `grav1 output`: a relative file is meant from the folder where the command runs; of another node's project, from the source's folder there. */
export async function outputCommand(
  id: string,
  file: string,
  options: OutputOptions,
  dataDir: string,
  io: CliIo
): Promise<ExitReason> {
  await atOwner(id, options, dataDir, io, async (client, { projectId, title, own }) => {
    const output = own ? resolve(io.cwd, file) : file
    await client.setOutput(projectId, { output, overwrite: options.overwrite === true })
    io.out(`${projectId} (${shownTitle(title)}) will be written to ${printable(output)}${own ? '' : ' on its owner'}`)
  })
  return 'ok'
}
