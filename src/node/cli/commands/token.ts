import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Option } from 'commander'
import { API_TOKEN_FILE, READ_TOKEN_FILE } from '../../disk/file-names.ts'
import { type CommandDefinition, say } from '../definition.ts'
import { CliError } from '../errors.ts'

/** `grav1 token` */
export const tokenCommand: CommandDefinition = {
  name: 'token',
  help: 'print the access token of the node of this data folder',
  group: 'Access:',
  options: () => [new Option('--read-only', 'print the read-only token')],
  asks: 'folder',
  json: 'one',
  run: async (call) => {
    const file = call.options['readOnly'] === true ? READ_TOKEN_FILE : API_TOKEN_FILE
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
    return 'ok'
  }
}
