import type { Logger } from 'pino'

/** The parts of a node that log, by the `role` of their lines, and what each tells. `--debug` and the table in the documentation come from here. */
export const LOG_ROOMS = {
  owner: 'projects of this node: submissions, preparation, results, joins, recovery',
  worker: 'scenes that this node encodes',
  swarm: 'connections, gossip, sync, sessions, transfers',
  peers: 'looking for peers, commands from other nodes',
  encoders: 'encoders of this machine, and their results for probe clips',
  history: 'attempts at scenes',
  disk: 'database, files of own projects, free space',
  http: 'the HTTP server',
  hooks: 'webhooks and the program at the end of a project',
  uploads: 'films uploaded from a browser',
  watch: 'films of watched folders'
} as const

export type LogRoom = keyof typeof LOG_ROOMS

/** Its lines carry the name of the room. */
export const roomLog = (log: Logger, room: LogRoom): Logger => log.child({ role: room })

/** The table in docs/troubleshooting.md. */
export function logRoomsTable(): string {
  const rows = Object.entries(LOG_ROOMS).map(([room, tells]) => `| \`${room}\` | ${tells} |`)
  return ['| part | what it logs |', '| --- | --- |', ...rows].join('\n')
}
