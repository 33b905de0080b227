import type { InviteRequest, MadeInvite } from '../../../api/schemas/index.ts'
import { printable } from '../../../common/text.ts'
import { atNode } from '../at-node.ts'
import type { NodeClient } from '../client.ts'
import { type Call, say } from '../definition.ts'
import { CliError } from '../errors.ts'
import type { ExitReason } from '../exit-codes.ts'
import { untilSignal } from '../until-signal.ts'
import { webAddresses } from '../web-addresses.ts'
import { askAboutRequests } from './ask-about-requests.ts'
import { aboutInvite, durationMs, inviteNamed, invitesText, joinLine } from './invite-text.ts'

function requestOf({ options }: Call): InviteRequest {
  const text = (key: string): string | undefined => (typeof options[key] === 'string' ? options[key] : undefined)
  const uses = text('uses')
  if (uses !== undefined && !/^\d{1,4}$/.test(uses))
    throw new CliError('usage', `--uses: "${uses}" is not a number of machines.`)
  return {
    expiresInMs: durationMs(text('expires') ?? '24h'),
    ask: options['ask'] === true,
    name: text('for') ?? '',
    ...(uses !== undefined && { uses: Number(uses) })
  }
}

const isLoopback = (url: string): boolean => /^https?:\/\/(?:localhost|127\.|\[::1\])/.test(url)

/** What a phone can open: the web client, where it listens for others; otherwise nothing. */
function pageFor(url: string, names: readonly string[], text: string): string | undefined {
  const [first] = webAddresses(url, names).filter((one) => !isLoopback(one))
  return first === undefined ? undefined : `${first}/#/join/${text}`
}

async function printCode({ io }: Call, text: string): Promise<void> {
  const { encode, renderUnicodeCompact } = await import('uqr')
  const options = { ecc: 'L', border: 2 } as const
  const columns = io.terminal?.columns ?? 0
  if (encode(text, options).size > columns) return
  io.err(renderUnicodeCompact(text, options))
}

async function show(call: Call, client: NodeClient, made: MadeInvite): Promise<void> {
  const page = pageFor(client.url, call.config?.apiName ?? [], made.text)
  if (!call.json) call.io.err(aboutInvite(made))
  say(call, { ...made, command: joinLine(made.text), page: page ?? null }, joinLine(made.text))
  if (call.json || call.io.terminal === undefined) return
  await printCode(call, page ?? made.text)
  if (page !== undefined) call.io.err(`A phone on the same network can open it: ${page}`)
}

async function make(call: Call, client: NodeClient): Promise<ExitReason> {
  const made = await client.invite(requestOf(call))
  await show(call, client, made)
  const { invite } = made
  if (invite?.ask !== true) return 'ok'
  const { ask } = call.io
  if (ask === undefined || call.json) {
    call.io.err('"grav1 peers requests" shows who asks to join; "grav1 peers accept <id>" lets it in.')
    return 'ok'
  }
  call.io.err('Waiting for machines that want to join. Ctrl-C stops waiting; "grav1 peers requests" lists them later.')
  return untilSignal(call.io, async (signal) => askAboutRequests(client, invite, { ...call.io, ask }, signal))
}

async function revoke(call: Call, client: NodeClient, name: string): Promise<void> {
  if (name === '') throw new CliError('usage', 'The id of the invitation is missing: grav1 invite revoke <id>.')
  const found = inviteNamed(await client.invites(), name)
  await client.revokeInvite(found.id)
  const whom = found.name === '' ? '' : ` for ${printable(found.name)}`
  say(call, found, `the invitation ${found.id}${whom} no longer lets anybody in; machines that joined with it stay`)
}

/** `grav1 invite` */
export async function runInvite(call: Call): Promise<ExitReason> {
  const [action = '', name = ''] = call.args
  return atNode(call.where, async (client) => {
    if (action === '') return make(call, client)
    if (action === 'revoke') await revoke(call, client, name)
    else {
      const invites = await client.invites()
      say(call, invites, invitesText(invites))
    }
    return 'ok'
  })
}
