import type { InviteInfo, MadeInvite } from '../../../api/schemas/index.ts'
import { reachWords } from '../../../api/reach-words.ts'
import { type Reach, usefulAddresses } from '../../../swarm/protocol/addresses.ts'
import { plural, printable } from '../../../common/text.ts'
import { CliError } from '../errors.ts'
import { formatTable } from '../format.ts'

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of a time such as `30m`, `24h` or `7d`. @throws CliError `usage` */
export function durationMs(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  const unitMs = UNIT_MS[unit]
  if (unitMs === undefined) throw new CliError('usage', `--expires: "${text}" is not a time; use 30m, 24h or 7d.`)
  return Number(digits) * unitMs
}

/** The line to run on the other machine. */
export const joinLine = (text: string): string => `grav1 join ${text}`

/** These may work from anywhere. */
const FAR: readonly Reach[] = ['public', 'relayed']

/** What is said about a new invitation. */
export function aboutInvite({ invite, expiresAtMs, addresses }: MadeInvite): string {
  const [best] = usefulAddresses(addresses)
  return best === undefined || FAR.includes(best.reach)
    ? whatItDoes({ invite, expiresAtMs })
    : `${whatItDoes({ invite, expiresAtMs })} Its addresses work ${reachWords(best)}.`
}

function whatItDoes({ invite, expiresAtMs }: Pick<MadeInvite, 'invite' | 'expiresAtMs'>): string {
  const until = `until ${new Date(expiresAtMs).toLocaleString()}`
  if (invite === null) return `Run this on the other machine, ${until}. It contains only addresses: this swarm is open.`
  const asked = invite.ask ? ', each after you accept it' : ''
  return `Run this on the other machine, ${until}. It lets in ${plural(invite.uses, 'machine')}${asked}; keep it to yourself.`
}

/** What `grav1 invite list` prints. */
export function invitesText(invites: readonly InviteInfo[]): string {
  if (invites.length === 0) return 'no invitations; "grav1 invite" makes one'
  const rows = invites.map(({ id, name, state, uses, ask, expiresAtMs, joined }) => [
    id,
    printable(name),
    ask && state === 'open' ? 'open, asks' : state,
    `${joined.length}/${uses}`,
    new Date(expiresAtMs).toLocaleString(),
    joined.map((one) => printable(one.name) || one.peerId).join(', ')
  ])
  return formatTable([['id', 'for', 'state', 'joined', 'until', 'machines'], ...rows])
}

/** The invitation with this id, or the only one whose id begins so. @throws CliError `usage` */
export function inviteNamed(invites: readonly InviteInfo[], name: string): InviteInfo {
  const found = invites.filter(({ id }) => name !== '' && id.startsWith(name))
  const [first] = found
  if (first === undefined)
    throw new CliError('usage', `There is no invitation "${name}"; "grav1 invite list" shows all.`)
  if (found.length > 1) throw new CliError('usage', `"${name}" is the start of several ids; give more characters.`)
  return first
}
