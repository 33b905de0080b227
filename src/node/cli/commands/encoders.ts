import type { EncoderInfo, SwarmStatus } from '../../../api/schemas/index.ts'
import { NODE_AV } from '../../../encode/index.ts'
import { encoderInfosOf } from '../../http/encoders.ts'
import { atNodeOr } from '../at-node.ts'
import { type Call, say } from '../definition.ts'
import { encodersOf } from './encoders-here.ts'
import { addEncoders, removeEncoders } from './encoders-package.ts'
import type { ExitReason } from '../exit-codes.ts'
import { formatTable } from '../format.ts'
import { printable } from '../../../common/text.ts'

/** What is known of encoders: of the running node and its swarm, or of this machine alone. */
interface Seen {
  /** Undefined where no node runs. */
  readonly node: string | undefined
  readonly here: readonly EncoderInfo[]
  readonly status: SwarmStatus | undefined
}

/** @param changed a running node has to look again */
async function see({ where, config }: Call, changed: boolean): Promise<Seen> {
  return atNodeOr<Seen>(
    where,
    async (client) => {
      const here = await (changed ? client.lookForEncoders() : client.encoders())
      return { node: client.url, here, status: await client.status() }
    },
    async () => ({ node: undefined, here: encoderInfosOf(await encodersOf({ config })), status: undefined })
  )
}

interface SwarmBuild {
  readonly build: string
  readonly here: boolean
  readonly peers: readonly { readonly peerId: string; readonly name: string; readonly connected: boolean }[]
}

/** The peers that have each build, those of this node first. */
function buildsOf({ here, status }: Seen): SwarmBuild[] {
  const own = here.flatMap(({ build }) => (build === null ? [] : [build]))
  const peers = status?.peers ?? []
  const builds = new Set([...own, ...peers.flatMap(({ encoders }) => encoders).toSorted()])
  return [...builds].map((build) => ({
    build,
    here: own.includes(build),
    peers: peers
      .filter(({ encoders }) => encoders.includes(build))
      .map(({ peerId, name, connected }) => ({ peerId, name, connected }))
  }))
}

function stateOf({ program, build, problem }: EncoderInfo): string {
  if (build !== null) return printable(build)
  if (problem !== null) return `does not work here: ${printable(problem)}`
  return program === NODE_AV ? 'not installed; run "grav1 encoders add"' : 'not installed'
}

const rowOf = (info: EncoderInfo): string[] => [
  info.name,
  info.program,
  printable(info.version?.replace(`${info.program}-`, '') ?? '-'),
  stateOf(info)
]

/** What `grav1 encoders` prints. */
export function encodersText(seen: Seen): string {
  const parts = [formatTable([['encoder', 'program', 'version', 'here'], ...seen.here.map(rowOf)])]
  if (seen.node === undefined)
    parts.push('No node is running on this machine, so the encoders of the other machines are unknown.')
  else {
    const nodes = ({ here, peers }: SwarmBuild): string =>
      [
        ...(here ? ['this node'] : []),
        ...peers.map(({ name, connected }) => `${printable(name)}${connected ? '' : ' (not connected)'}`)
      ].join(', ')
    parts.push(
      formatTable([['build in the swarm', 'nodes'], ...buildsOf(seen).map((one) => [printable(one.build), nodes(one)])])
    )
  }
  return parts.join('\n\n')
}

/** `--json` */
const encodersDocument = (seen: Seen) => ({
  node: seen.node ?? null,
  encoders: seen.here.map(({ name, program, version, build, problem }) => ({
    name,
    program,
    version,
    build,
    problem
  })),
  swarm: buildsOf(seen)
})

/** `grav1 encoders`, with an action or without: shows how things are afterwards. */
export async function runEncoders(call: Call): Promise<ExitReason> {
  const { io, options, args } = call
  const [action = ''] = args
  if (action === 'add') await addEncoders({ yes: options['yes'] === true, io })
  if (action === 'remove') await removeEncoders(io)
  const seen = await see(call, action !== '')
  say(call, encodersDocument(seen), encodersText(seen))
  const ofPackage = seen.here.filter(({ program }) => program === NODE_AV)
  return action === 'add' && ofPackage.every(({ build }) => build === null) ? 'failed' : 'ok'
}
