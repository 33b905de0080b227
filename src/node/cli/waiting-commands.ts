import { resolve } from 'node:path'
import { projectNamed } from './cancel-command.ts'
import { createClient, type NodeClient } from './client.ts'
import type { ExitReason } from './exit-codes.ts'
import { findNode } from './find-node.ts'
import { printable } from '../../common/text.ts'
import type { CliIo } from './io.ts'
import type { NodeOptions } from './status-command.ts'

async function projectAt(id: string, options: NodeOptions, dataDir: string, io: CliIo) {
  const client: NodeClient = createClient(await findNode({ ...options, env: io.env, dataDir }))
  const { projects } = await client.status()
  return { client, ...projectNamed(projects, id) }
}

/** `grav1 retry` */
export async function retryCommand(id: string, options: NodeOptions, dataDir: string, io: CliIo): Promise<ExitReason> {
  const { client, projectId, title } = await projectAt(id, options, dataDir, io)
  await client.retry(projectId)
  io.out(`trying ${projectId} (${printable(title)}) again`)
  return 'ok'
}

export interface OutputOptions extends NodeOptions {
  readonly overwrite?: boolean
}

/** `grav1 output`: a relative file is meant from the folder where the command runs. */
export async function outputCommand(
  id: string,
  file: string,
  options: OutputOptions,
  dataDir: string,
  io: CliIo
): Promise<ExitReason> {
  const { client, projectId, title } = await projectAt(id, options, dataDir, io)
  const output = resolve(io.cwd, file)
  await client.setOutput(projectId, { output, overwrite: options.overwrite === true })
  io.out(`${projectId} (${printable(title)}) becomes ${printable(output)}`)
  return 'ok'
}
