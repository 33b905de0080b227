import { setTimeout as delay } from 'node:timers/promises'
import { Option } from 'commander'
import type { NodeStatus, PeerStatus } from '../../../api/schemas/index.ts'
import { plural, printable } from '../../../common/text.ts'
import { clockTime } from '../../../common/clock-time.ts'
import { atNode } from '../at-node.ts'
import type { NodeClient } from '../client.ts'
import { type Call, type CommandDefinition, say } from '../definition.ts'
import { CliError } from '../errors.ts'
import type { ExitReason } from '../exit-codes.ts'
import { untilSignal } from '../until-signal.ts'
import { shortPeerId } from './project-table.ts'

const LOOK_MS = 500
/** Without any progress for so long, the command no longer waits. */
const STUCK_MS = 60_000
const HOURS_DEFAULT = '8h'

type Sleep = NonNullable<NodeStatus['sleep']>
type Machine = Sleep['machines'][number]

const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 }
const SECONDS_MAX = 7 * 86_400

/** @throws {@link CliError} `usage` */
export function sleepSeconds(text: string): number {
  const [, count = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([mhd])$/.exec(text) ?? []
  const seconds = Math.round(Number(count) * (UNITS[unit] ?? Number.NaN))
  if (seconds >= 60 && seconds <= SECONDS_MAX) return seconds
  throw new CliError('usage', `"${text}" is not allowed; use a time from 1m to 7d, such as 90m, 8h or 2d.`)
}

/** `3 of 8 pieces at kitchen-nas` for each machine that fetches. */
export function fetchingText(machines: readonly Machine[], nameOf: (peerId: string) => string): string {
  return machines
    .filter(({ ready }) => !ready)
    .map(({ peerId, fetched, scenes }) => `${fetched} of ${plural(scenes, 'piece')} at ${nameOf(peerId)}`)
    .join(', ')
}

/** What the command says at its end. */
export function closingText({ machines, untilMs }: Sleep, fetching: string): string {
  const busy = machines.filter(({ scenes }) => scenes > 0)
  const scenes = busy.reduce((sum, machine) => sum + machine.scenes, 0)
  const go = scenes === 1 ? '1 scene continues' : `${scenes} scenes continue`
  const where = busy.length === 1 ? '1 machine' : `${busy.length} machines`
  const missing = fetching === '' ? '' : `. Not all pieces have arrived: ${fetching}. Those scenes wait for this node`
  return `You can close the lid: ${go} at ${where} until ${clockTime(untilMs)}${missing}`
}

const NOBODY =
  'Nothing will be encoded while this machine sleeps: no trusted machine with a free slot is connected, or nothing is left to encode. All work waits until it is awake'

const isReady = ({ machines }: Sleep): boolean => machines.every(({ ready }) => ready)

/** Waits until every machine has what it gets, or none gets any further. */
async function prepare(
  { io, json }: Call,
  client: NodeClient,
  nameOf: (peerId: string) => string,
  first: NodeStatus,
  signal: AbortSignal
): Promise<NodeStatus> {
  let node = first
  let told = ''
  let changedMs = performance.now()
  while (node.sleep !== undefined && !isReady(node.sleep) && performance.now() - changedMs < STUCK_MS) {
    const text = fetchingText(node.sleep.machines, nameOf)
    if (text !== told) {
      told = text
      changedMs = performance.now()
      if (!json) io.out(text)
    }
    await delay(LOOK_MS, undefined, { signal })
    node = await client.node({ signal })
  }
  return node
}

function nameOf(peers: readonly PeerStatus[]): (peerId: string) => string {
  return (peerId) => {
    const name = peers.find((peer) => peer.peerId === peerId)?.name ?? ''
    return name === '' ? shortPeerId(peerId) : printable(name)
  }
}

/** Hands scenes out ahead, and says when the machine may sleep. */
export async function goToSleep(call: Call, forSeconds: number): Promise<ExitReason> {
  return atNode(call.where, async (client) => {
    const { peers } = await client.status()
    const names = nameOf(peers)
    const ending = await untilSignal(call.io, async (signal) => {
      const first = await client.sleepNode(forSeconds, { signal })
      return prepare(call, client, names, first, signal)
    })
    if (typeof ending === 'string') {
      await client.wakeNode()
      return ending
    }
    const { sleep } = ending
    if (sleep === undefined || sleep.machines.every(({ scenes }) => scenes === 0)) {
      say(call, await client.wakeNode(), NOBODY)
      return 'failed'
    }
    say(call, ending, closingText(sleep, fetchingText(sleep.machines, names)))
    return 'ok'
  })
}

/** `grav1 sleep` */
export const sleepCommand: CommandDefinition = {
  name: 'sleep',
  help: 'give trusted machines scenes to encode while this machine is asleep',
  group: 'This node:',
  options: () => [
    new Option('--for <time>', 'how long this machine sleeps, from 1m to 7d').default(HOURS_DEFAULT),
    new Option('--off', 'end it: this machine stays awake')
  ],
  asks: 'node',
  json: 'one',
  run: async (call) => {
    if (call.options['off'] === true) {
      const node = await atNode(call.where, async (client) => client.wakeNode())
      say(call, node, `${printable(node.name)} stays awake and hands out scenes as usual`)
      return 'ok'
    }
    const wanted = call.options['for']
    return goToSleep(call, sleepSeconds(typeof wanted === 'string' ? wanted : HOURS_DEFAULT))
  }
}
