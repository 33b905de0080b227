import { createClient, type NodeClient } from './client.ts'
import type { Where } from './definition.ts'
import { CliError, describeStartError } from './errors.ts'
import { findNode, type NodeTarget, readApiFile } from './find-node.ts'

/**
 * The node that the options name. Where they name a data folder, no node of another folder is meant.
 * @returns undefined where no node runs on that folder
 */
async function nodeOf(where: Where): Promise<NodeTarget | undefined> {
  const target = await findNode(where)
  if (!where.isFolderNamed || target.explicit || (await readApiFile(where.dataDir)) !== undefined) return target
  return undefined
}

/** The node that the options name. @throws {@link CliError} `no-node` where they name a data folder on which none runs */
export async function findNamedNode(where: Where): Promise<NodeTarget> {
  const target = await nodeOf(where)
  if (target !== undefined) return target
  throw new CliError(
    'no-node',
    `No node runs on the data folder ${where.dataDir}. Start one with "grav1 node", or name another with --api.`
  )
}

/** Asks the node that the options name. */
export async function atNode<Result>(where: Where, task: (client: NodeClient) => Promise<Result>): Promise<Result> {
  return task(createClient(await findNamedNode(where)))
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
      `No node runs here, and the data folder ${dataDir} holds nothing. Start a node with "grav1 node", or name another with --api.`
    )
  try {
    const answer: typeof fetch = async (input, init) => folder.fetch(new Request(input, init))
    return await task(createClient({ url: FOLDER_URL, fetch: answer }))
  } finally {
    await folder.close()
  }
}

/** Asks the node that the options name; where none was named and none runs, does something else. */
export async function atNodeOr<Result>(
  where: Where,
  task: (client: NodeClient) => Promise<Result>,
  otherwise: () => Promise<Result>
): Promise<Result> {
  const target = await nodeOf(where)
  if (target === undefined) return otherwise()
  try {
    return await task(createClient(target))
  } catch (error) {
    if (target.explicit || !(error instanceof CliError && error.code === 'no-node')) throw error
  }
  return otherwise()
}

/**
 * Asks the node that the options name; where none was named and none runs, the data folder itself, which is locked for that time.
 * @throws {@link CliError} `nothing-here` where the data folder holds nothing, `node-failed` where it cannot be opened
 */
export async function atNodeOrFolder<Result>(
  where: Where,
  task: (client: NodeClient) => Promise<Result>
): Promise<Result> {
  return atNodeOr(where, task, async () => atFolder(where, task))
}
