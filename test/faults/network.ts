import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Path, type Relay, RELAY_ADDRESS, startRelay } from './relay.ts'

const run = promisify(execFile)

/** Peers listen on these ports, each node on its own, and on no other. */
const FIRST_PORT = 4001
const LAST_PORT = 4009
const PORTS = Array.from({ length: LAST_PORT - FIRST_PORT + 1 }, (_, index) => FIRST_PORT + index)
const ALL = `${FIRST_PORT}-${LAST_PORT}`
const WORKERS = `${FIRST_PORT + 1}-${LAST_PORT}`
/** The relay of a port listens so much higher. */
const RELAY_OFFSET = 1000

/** The network between the nodes of a fault; the first of them owns the film. */
export interface Network {
  /** Where a node listens for peers. */
  readonly listen: (index: number) => string
  /** Nothing passes between any two nodes; nobody is told. */
  readonly partition: () => Promise<void>
  /** What workers send is lost; what the owner sends arrives. */
  readonly deafenOwner: () => Promise<void>
  /** Leads new connections over a slow path, on which so many of a hundred packets are lost. */
  readonly slow: (path: Path, lossPercent?: number) => Promise<Relay>
  /** Everything passes again. */
  readonly heal: () => Promise<void>
}

async function rules(...lines: readonly string[]): Promise<void> {
  await run('nft', ['delete', 'table', 'inet', 'faults']).catch(() => {})
  if (lines.length > 0) await run('nft', [`table inet faults {\n${lines.join('\n')}\n}`])
}

const output = (...statements: readonly string[]): string =>
  `chain out { type filter hook output priority 0; policy accept;\n${statements.join('\n')}\n}`

/** Harms the network of this namespace, which must be its own. */
export function createNetwork(): Network {
  const both = (ports: string, what: string): string[] => [`tcp dport ${ports} ${what}`, `tcp sport ${ports} ${what}`]
  const detour = `chain nat { type nat hook output priority -100; policy accept;
${PORTS.map((port) => `ip saddr != ${RELAY_ADDRESS} tcp dport ${port} redirect to :${port + RELAY_OFFSET}`).join('\n')}
}`
  let relay: Relay | undefined
  return {
    listen: (index) => `/ip4/127.0.0.1/tcp/${FIRST_PORT + index}`,
    partition: async () => rules(output(...both(ALL, 'drop'))),
    deafenOwner: async () => rules(output(`tcp dport ${FIRST_PORT} drop`, `tcp sport ${WORKERS} drop`)),
    slow: async (path, lossPercent = 0) => {
      relay = await startRelay(
        PORTS.map((port) => ({ from: port + RELAY_OFFSET, to: port })),
        path
      )
      await rules(detour, output(...both(ALL, `numgen random mod 100 < ${lossPercent} drop`)))
      return relay
    },
    heal: async () => {
      await rules()
      await relay?.close()
      relay = undefined
    }
  }
}
