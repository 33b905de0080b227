import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { firstIssue } from '../../api/bodies.ts'
import { errorText } from '../../common/error-text.ts'
import { ConfigError } from './error.ts'
import { type ConfigFile, NODES_KEY } from './sources.ts'

/** A node that commands may name. */
export interface NamedNode {
  readonly name: string
  /** e.g. `http://nas:7899` */
  readonly url: string
  /** File with its access token, an absolute path. */
  readonly tokenFile: string | undefined
}

const written = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  'token-file': z.string().min(1).optional()
})

const NAME = /^[a-z\d][\w-]{0,31}$/i

/** The nodes of a config file (`[nodes.<name>]`). @throws ConfigError that names the node and the file */
export function readNamedNodes(file: ConfigFile | undefined): readonly NamedNode[] {
  const table = file?.values[NODES_KEY]
  if (file === undefined || table === undefined) return []
  const refuse = (what: string, cause?: unknown): ConfigError =>
    new ConfigError('invalid-value', `${what.replace(/\.$/, '')}.`, { cause })
  const nodes = z.record(z.string(), z.unknown()).safeParse(table)
  if (!nodes.success) throw refuse(`${NODES_KEY} in ${file.path} is no table: write [nodes.<name>]`)
  return Object.entries(nodes.data).map(([name, value]) => {
    if (!NAME.test(name))
      throw refuse(
        `The node "${name}" in ${file.path} has a name that is no word: letters, digits, - and _, at most 32`
      )
    const read = written.safeParse(value)
    if (!read.success)
      throw refuse(`The node "${name}" in ${file.path} is not allowed: ${firstIssue(read.error)}`, read.error)
    const { url, 'token-file': tokenFile } = read.data
    return { name, url, tokenFile: tokenFile && resolve(dirname(file.path), tokenFile) }
  })
}

/** The access token of a named node. @throws ConfigError where its file cannot be read */
export async function tokenOf({ name, tokenFile }: NamedNode): Promise<string | undefined> {
  if (tokenFile === undefined) return undefined
  const text = await readFile(tokenFile, 'utf8').catch((cause: unknown) => {
    throw new ConfigError('config-unreadable', `The token of the node "${name}" cannot be read: ${errorText(cause)}.`, {
      cause
    })
  })
  return text.trim() || undefined
}
