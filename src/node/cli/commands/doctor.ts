import type { EncoderInfo, SwarmStatus } from '../../../api/schemas/index.ts'
import { examine } from '../../doctor/examine.ts'
import type { Finding } from '../../doctor/finding.ts'
import { lookAtMachine } from '../../doctor/look-machine.ts'
import { lookAtNetwork } from '../../doctor/look-network.ts'
import { lookAtPrograms } from '../../doctor/look-programs.ts'
import type { Config } from '../../config/types.ts'
import { encoderInfosOf } from '../../http/encoders.ts'
import { atNodeOr } from '../at-node.ts'
import { type Call, say } from '../definition.ts'
import type { ExitReason } from '../exit-codes.ts'
import { formatTable } from '../format.ts'
import { encodersHere } from './encoders-here.ts'

/** What the running node says of itself. */
interface Asked {
  readonly url: string
  readonly status: SwarmStatus
  readonly encoders: readonly EncoderInfo[]
  /** Its clock, from the header of its answer. */
  readonly nowMs: number | undefined
}

async function clockOf(url: string): Promise<number | undefined> {
  const { headers } = await fetch(`${url}/healthz`)
  const ms = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(ms) ? undefined : ms
}

const ask = async (call: Call): Promise<Asked | undefined> =>
  atNodeOr<Asked | undefined>(
    call.where,
    async (client) => {
      const [status, encoders] = [await client.status(), await client.encoders()]
      return { url: client.url, status, encoders, nowMs: await clockOf(client.url).catch(() => undefined) }
    },
    async () => undefined
  )

async function findingsOf(config: Config, node: Asked | undefined): Promise<Finding[]> {
  return examine({
    machine: await lookAtMachine({
      config,
      slots: node?.status.node.slots,
      nodeMs: node?.nowMs
    }),
    programs: await lookAtPrograms(node?.encoders ?? encoderInfosOf(await encodersHere(config))),
    network: await lookAtNetwork({ config, node })
  })
}

/** What `grav1 doctor` prints: a line for each finding, below it what mends it. */
export function doctorText(findings: readonly Finding[]): string {
  const rows = findings.flatMap(({ check, state, text, mend }) => [
    [state, check, text],
    ...(mend === null ? [] : [['', '', `-> ${mend}`]])
  ])
  return formatTable(rows)
}

/** `grav1 doctor` */
export async function runDoctor(call: Call): Promise<ExitReason> {
  const { config } = call
  if (config === undefined) throw new Error('the doctor was called without a configuration')
  const node = await ask(call)
  const findings = await findingsOf(config, node)
  const about = node === undefined ? 'No node is running on this machine.' : `The node at ${node.url}.`
  say(call, { node: node?.url ?? null, checks: findings }, `${about}\n\n${doctorText(findings)}`)
  return findings.some(({ state }) => state === 'problem') ? 'failed' : 'ok'
}
