import { errorText } from '../../../common/error-text.ts'
import { InviteError, type InviteErrorCode } from '../../../swarm/index.ts'
import { loadConfig } from '../../config/index.ts'
import { join, type Joined } from '../../invites/join.ts'
import { type Call, say } from '../definition.ts'
import { CliError } from '../errors.ts'
import type { ExitReason } from '../exit-codes.ts'
import { readApiFile } from '../find-node.ts'
import { nodeCommand } from '../node-command.ts'
import { configFlags } from '../node-options.ts'
import { untilSignal } from '../until-signal.ts'

/** The text itself is wrong: another one would be taken. */
const WRONG_TEXTS: ReadonlySet<InviteErrorCode> = new Set([
  'no-invite',
  'cut-off',
  'mistyped',
  'newer-version',
  'forged'
])

async function take(call: Call, text: string, signal: AbortSignal): Promise<Joined> {
  const { config, io, options } = call
  if (config === undefined) throw new CliError('usage', 'There is no data folder to join with.')
  try {
    return await join(text, {
      config,
      force: options['force'] === true,
      warn: io.err,
      onWaiting: () =>
        io.err('The user of the inviting node has to accept this machine; waiting up to ten minutes for the answer.'),
      signal
    })
  } catch (cause) {
    if (!(cause instanceof InviteError)) throw cause
    throw new CliError(WRONG_TEXTS.has(cause.code) ? 'usage' : 'not-joined', errorText(cause), { cause })
  }
}

const joinedText = ({ isPrivate, inviter, wasIn }: Joined): string =>
  wasIn
    ? `This machine is already in this swarm; the addresses of ${inviter} were added.`
    : `This machine joined the ${isPrivate ? 'private' : 'open'} swarm of ${inviter}.`

/** `grav1 join` */
export async function runJoin(call: Call): Promise<ExitReason> {
  const { args, options, io, where } = call
  const joined = await untilSignal(io, async (signal) => take(call, args[0] ?? '', signal))
  if (typeof joined === 'string') return joined
  const isRunning = (await readApiFile(where.dataDir)) !== undefined
  const isStarting = options['start'] === true && !isRunning
  const next = isRunning
    ? 'Restart the node that runs here, so that it joins the swarm.'
    : 'Start a node with "grav1 node", or one that always runs with "grav1 service install --user".'
  const text = isStarting ? joinedText(joined) : `${joinedText(joined)}\n${next}`
  if (!call.json || !isStarting) say(call, { ...joined, restart: isRunning }, text)
  if (!isStarting) return 'ok'
  const config = await loadConfig({ flags: configFlags(options), env: io.env, cwd: io.cwd })
  return nodeCommand(config, io, { json: call.json, plain: false })
}
