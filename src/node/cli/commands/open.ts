import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Option } from 'commander'
import { errorText } from '../../../common/error-text.ts'
import { escapedMarkup } from '../../../common/markup.ts'
import { openInBrowser } from '../../../platform/index.ts'
import { findNamedNode } from '../at-node.ts'
import { createClient } from '../client.ts'
import { type Call, type CommandDefinition, say } from '../definition.ts'
import { CliError } from '../errors.ts'

/** In the data folder. */
const PAGE_FILE = 'open.html'

/** A page that leads to the address at once. */
const pageTo = (address: string): string =>
  `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>grav1</title><meta http-equiv="refresh" content="0;url=${escapedMarkup(address)}"><a href="${escapedMarkup(address)}">grav1</a>\n`

/** The fragment with the token is not sent to the server; the page takes it away. */
const addressOf = (url: string, token: string | undefined): string =>
  token === undefined ? url : `${url}/#token=${token}`

/**
 * The address as a file that only its user can read: what a browser is started with stands in the list of processes, for everybody on this machine.
 */
async function pageFor(address: string, { where }: Call, token: string | undefined): Promise<string> {
  if (token === undefined) return address
  const isThere = await access(where.dataDir).then(
    () => true,
    () => false
  )
  if (!isThere) throw new CliError('no-browser', `Open this address yourself: ${address}`)
  const file = join(where.dataDir, PAGE_FILE)
  // Storage brings the database with it, which no other command needs.
  const { writeFileAtomic } = await import('../../../storage/index.ts')
  await writeFileAtomic(file, pageTo(address))
  return pathToFileURL(file).href
}

async function open(address: string, page: string): Promise<void> {
  try {
    await openInBrowser(page)
  } catch (cause) {
    const why = `No browser was opened: ${errorText(cause)}. Open this address yourself: ${address}`
    throw new CliError('no-browser', why, { cause })
  }
}

/** `grav1 open` */
export const openCommand: CommandDefinition = {
  name: 'open',
  help: 'open the web page of the running node, signed in, in your browser',
  group: 'Access:',
  options: () => [new Option('--print', 'print the address with its token and open nothing')],
  asks: 'node',
  json: 'one',
  run: async (call) => {
    const { url, token } = await findNamedNode(call.where)
    // Nothing opens where nobody answers.
    await createClient({ url, token }).status()
    const address = addressOf(url, token)
    const isPrinted = call.options['print'] === true
    if (!isPrinted) await open(address, await pageFor(address, call, token))
    say(call, { url: address }, isPrinted ? address : `opened ${url}`)
    return 'ok'
  }
}
