import { createClient, type NodeClient } from './client.ts'
import type { Where } from './definition.ts'
import { CliError, describeStartError } from './errors.ts'
import { findNode, readApiFile } from './find-node.ts'

/** Asks the node that the options name. */
export async function atNode<Result>(where: Where, task: (client: NodeClient) => Promise<Result>): Promise<Result> {
  return task(createClient(await findNode(where)))
}

/** A URL that no request goes to: the folder answers itself. */
const FOLDER_URL = 'http://data-folder.invalid'

async function atFolder<Result>(where: Where, task: (client: NodeClient) => Promise<Result>): Promise<Result> {
  const { dataDir, nodeName, warn } = where
  const { openFolder } = await import('../folder/open-folder.ts')
  const opened = await openFolder(dataDir, { name: nodeName, warn }).catch((cause: unknown) => ({ cause }))
  if (opened !== undefined && 'cause' in opened) {
    // A node that was starting meanwhile has it, and answers by now.
    if ((await readApiFile(dataDir)) !== undefined) return atNode(where, task)
    throw new CliError('node-failed', describeStartError(opened.cause, dataDir), { cause: opened.cause })
  }
  const folder = opened
  if (folder === undefined)
    throw new CliError(
      'nothing-here',
      `No node runs here, and the data folder ${dataDir} holds nothing yet. Start a node with "grav1 node", or name another with --api.`
    )
  try {
    const answer: typeof fetch = async (input, init) => folder.fetch(new Request(input, init))
    return await task(createClient({ url: FOLDER_URL, fetch: answer }))
  } finally {
    await folder.close()
  }
}

/**
 * Asks the node that the options name; where none was named and none runs, the data folder itself, which is locked for that time.
 * @throws {@link CliError} `nothing-here` where the data folder holds nothing, `node-failed` where it cannot be opened
 */
export async function atNodeOrFolder<Result>(
  where: Where,
  task: (client: NodeClient) => Promise<Result>
): Promise<Result> {
  const target = await findNode(where)
  const isElsewhere = where.isFolderNamed && !target.explicit && (await readApiFile(where.dataDir)) === undefined
  if (isElsewhere) return atFolder(where, task)
  try {
    return await task(createClient(target))
  } catch (error) {
    if (target.explicit || !(error instanceof CliError && error.code === 'no-node')) throw error
  }
  return atFolder(where, task)
}
