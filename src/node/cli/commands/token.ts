import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Option } from 'commander'
import { API_TOKEN_FILE, READ_TOKEN_FILE } from '../../disk/file-names.ts'
import { printable } from '../../../common/text.ts'
import { atNode } from '../at-node.ts'
import { type Call, type CommandDefinition, say } from '../definition.ts'
import { CliError } from '../errors.ts'
import { formatTable } from '../format.ts'
import type { TokenInfo } from '../../../api/schemas/index.ts'
import type { NodeClient } from '../client.ts'

/** The token of the data folder, which a node makes when it first starts. */
async function printOwn(call: Call, file: string): Promise<void> {
  const path = join(call.where.dataDir, file)
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT')
      throw new CliError('nothing-here', `There is no token yet: a node creates it when it first starts (${path}).`, {
        cause
      })
    throw new CliError('not-allowed', `The token cannot be read: ${cause.message}.`, { cause })
  })
  const token = text.trim()
  say(call, { token }, token)
}

const dayText = (atMs: number): string => new Date(atMs).toLocaleString()

/** What `grav1 token list` prints. */
export function tokensText(tokens: readonly TokenInfo[]): string {
  if (tokens.length === 0) return 'no tokens besides the two in the data folder; "grav1 token add <name>" makes one'
  const rows = tokens.map(({ name, access, createdAtMs, usedAtMs }) => [
    printable(name),
    access === 'read' ? 'read-only' : 'full',
    dayText(createdAtMs),
    usedAtMs === null ? 'never' : dayText(usedAtMs)
  ])
  return formatTable([['name', 'access', 'made', 'last used'], ...rows])
}

async function revoke(client: NodeClient, name: string): Promise<TokenInfo> {
  const found = (await client.tokens()).find((token) => token.name === name)
  if (found === undefined) throw new CliError('usage', `There is no token "${name}"; "grav1 token list" shows all.`)
  await client.revokeToken(found.id)
  return found
}

async function manage(call: Call, client: NodeClient, action: string, name: string): Promise<void> {
  if (action === 'list') {
    const tokens = await client.tokens()
    say(call, tokens, tokensText(tokens))
    return
  }
  if (name === '') throw new CliError('usage', `The name of the token is missing: grav1 token ${action} <name>.`)
  if (action === 'revoke') {
    say(call, await revoke(client, name), `revoked the token ${name}`)
    return
  }
  const made = await client.makeToken({ name, access: call.options['readOnly'] === true ? 'read' : 'full' })
  say(call, made, made.token)
  if (!call.json) call.io.err('It is shown only once.')
}

/** `grav1 token` */
export const tokenCommand: CommandDefinition = {
  name: 'token',
  help: 'print the access token of the node of this data folder; list, add and revoke further ones while it runs',
  group: 'Access:',
  args: [
    {
      name: '[action]',
      help: 'list: names, and when each was last used; add: make one and print it; revoke: make one invalid',
      choices: ['list', 'add', 'revoke']
    },
    { name: '[name]', help: 'what a further token is called, e.g. whose it is' }
  ],
  options: () => [new Option('--read-only', 'print or add a read-only token')],
  asks: 'node',
  json: 'one',
  examples: [
    { line: 'grav1 token', what: 'the token that the node made when it first started' },
    { line: 'grav1 token add "phone" --read-only', what: 'a further one, which can be revoked alone' },
    { line: 'grav1 token revoke phone', what: '' }
  ],
  run: async (call) => {
    const [action = '', name = ''] = call.args
    if (action === '') await printOwn(call, call.options['readOnly'] === true ? READ_TOKEN_FILE : API_TOKEN_FILE)
    else await atNode(call.where, async (client) => manage(call, client, action, name))
    return 'ok'
  }
}
