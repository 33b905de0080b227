import { type NamedNode, tokenOf } from '../../config/index.ts'
import { CliError } from '../errors.ts'
import { findNode, type NodeTarget } from '../find-node.ts'
import type { CliIo } from '../io.ts'

export interface NodeAtInit {
  /** `--token` */
  readonly token?: string | undefined
  readonly env: CliIo['env']
  readonly dataDir: string
  /** Of the config file. */
  readonly nodes: readonly NamedNode[]
}

const PORT = 7899

const refuse = (at: string): CliError =>
  new CliError(
    'usage',
    `--at: "${at}" is not a node; name a host, a URL such as http://nas:7899, or a node of the config file.`
  )

/** A URL as it is; a host, with a port or without. The part after `#token=` is what a node prints for the web client. */
function readUrl(at: string): { readonly url: string; readonly token: string | undefined } {
  const isUrl = /^https?:\/\//.test(at)
  const url =
    isUrl || /^[\w.-]+(?::\d+)?$|^\[[\da-f:.]+\](?::\d+)?$/i.test(at) ? URL.parse(isUrl ? at : `http://${at}`) : null
  if (url === null || url.hostname === '') throw refuse(at)
  if (!isUrl && url.port === '' && !at.endsWith(':80')) url.port = String(PORT)
  const token = new URLSearchParams(url.hash.slice(1)).get('token')
  return { url: url.origin, token: token === null || token === '' ? undefined : token }
}

/** The node that `--at` names. @throws {@link CliError} `usage`, and ConfigError where its token cannot be read */
export async function nodeAt(at: string, { token, env, dataDir, nodes }: NodeAtInit): Promise<NodeTarget> {
  const named = nodes.find(({ name }) => name === at)
  const { url, token: inUrl } = readUrl(named?.url ?? at)
  const known = token ?? inUrl ?? (named && (await tokenOf(named)))
  return findNode({ api: url, token: known, env, dataDir })
}
