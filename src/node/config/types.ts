import type { LogRoom } from '../log/rooms.ts'
import type { NamedNode } from './named-nodes.ts'
import type { Share } from '../../swarm/protocol/index.ts'
import type { PeerStatus, Preset } from '../../api/schemas/index.ts'

/** What of a configuration has a flag; flags win over the environment, that over the config file, that over the defaults of `options.ts`. */
export interface FlagConfig {
  /** Multiaddrs to dial and keep dialling. */
  readonly bootstrap: readonly string[]
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[]
  /** Further multiaddrs that peers are told. */
  readonly announce: readonly string[]
  /** Ask the router to forward a port to this node. */
  readonly upnp: boolean
  /** Carry connections between peers that cannot reach each other. */
  readonly relay: boolean
  /** Bytes that two peers may send each other through this relay within an hour; 0 carries no films. */
  readonly relayData: number
  /** Peers that may be reachable through this relay at once. */
  readonly relayPeers: number
  /** Absolute path. Default: the platform's data folder (`env-paths`) for `grav1`. */
  readonly dataDir: string
  /** Encoding slots; `auto` = one a core, fewer where memory is short; 0 = none. */
  readonly workers: number | 'auto'
  /** Threads each encoder may use, at least 1; does not change the bytes. */
  readonly threads: number
  /** Scenes fetched ahead of a free slot. */
  readonly queue: number
  readonly apiHost: string
  readonly apiPort: number
  /** Further names that the API answers to. */
  readonly apiName: readonly string[]
  /** Origins besides its own whose pages may use the API. */
  readonly apiOrigin: readonly string[]
  /** `always`: a token is needed on this machine too. */
  readonly auth: 'auto' | 'always'
  /** PEM files, absolute paths; both or neither. Default: no TLS. */
  readonly tlsCert?: string | undefined
  readonly tlsKey?: string | undefined
  /** Folders (absolute, real) that `input` paths of unauthenticated requests may lie in. Default: the folder the node was started in. */
  readonly media: readonly string[]
  /** Folders (absolute, real) whose films are submitted as they come. */
  readonly watch: readonly string[]
  /** Bytes that uploads may take in the data folder; 0 takes none. */
  readonly uploadQuota: number
  /** Bytes per second of blobs to peers, and from them; 0 is no limit. */
  readonly uploadLimit: number
  readonly downloadLimit: number
  /** The limits count on the local network too. */
  readonly limitLan: boolean
  /** Bytes of source pieces of own films at which cutting waits for encoding. 0 cuts only what workers ask for. */
  readonly pieceQuota: number
  /** Shown to other peers. Default: the host name. */
  readonly name: string
  /** Niceness of encoders, 0..19. */
  readonly nice: number
  /** How a lent machine behaves, as its user writes it (`api/manners`). Default: `off`, and `pause` on battery except for a node of one command. */
  readonly schedule?: string | undefined
  readonly whenIdle?: string | undefined
  readonly onBattery?: string | undefined
  readonly maxTemperature?: string | undefined
  readonly maxCpu?: string | undefined
  readonly maxPicture?: string | undefined
  readonly maxCache?: string | undefined
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug' | 'trace'
  /** Rooms that log at `debug`, whatever `logLevel` is. */
  readonly debug: readonly LogRoom[]
  /** Look for peers on the local network. */
  readonly mdns: boolean
  /**
   * Peer ids whose projects this node encodes although they are neither on the local network nor named in `bootstrap`, and whose commands for its own projects it
   * carries out; `all` = any.
   */
  readonly trust: readonly string[]
  /** `<encoder>=<file>`, an absolute path: programs that stand for those on PATH. */
  readonly encoderPath: readonly string[]
  /** Whether the programs that work on media run in a sandbox: where it works, in any case (otherwise the node does not start), or never. */
  readonly sandbox: 'auto' | 'require' | 'off'
  /** Peers on this machine and on the local network are trusted as `bootstrap` peers are. */
  readonly trustLocal: boolean
  /** Who sees this node's films, and gets their pieces and scenes. */
  readonly share: Share
  /** File with the pre-shared key of a private swarm, an absolute path; only holders of the same key can connect, and all of them are trusted. Default: an open swarm. */
  readonly swarmKey?: string | undefined
  /** Addresses that are told when a project of this node ends. */
  readonly webhook: readonly string[]
  /** File with the secret that webhooks are signed with, an absolute path. Default: one of the node's own, made at the first start. */
  readonly webhookSecretFile?: string | undefined
  /** Program that is run when a project of this node has ended. */
  readonly onComplete?: string | undefined
  /** Durations of the lease protocol in milliseconds, for tests and odd networks; defaults in `swarm/protocol`. */
  readonly leaseTtlMs?: number | undefined
}

/** Everything a node can be told. */
export interface Config extends FlagConfig {
  /** Own presets; only the config file has them. */
  readonly presets: readonly Preset[]
  /** Nodes that commands may name; only the config file has them. */
  readonly nodes: readonly NamedNode[]
  /** The node is there for the films of one command: unfinished ones of before wait. */
  readonly aside?: boolean | undefined
}

/** A running node, as the command line holds it. */
export interface Daemon {
  readonly peerId: string
  /** Full multiaddrs, ending in `/p2p/<peer id>`. */
  readonly addresses: readonly string[]
  /** e.g. `http://127.0.0.1:7899`. */
  readonly apiUrl: string
  /** Full-access token of the API, the content of `<dataDir>/api-token`. */
  readonly apiToken: string
  readonly status: () => PeerStatus
  /** Whether log lines go to the terminal, where stderr is one. True at first. */
  readonly showLog: (on: boolean) => void
  /**
   * Leaves the swarm. `drain` first finishes and delivers the scenes that run here and hands back the prefetched ones; otherwise encoders are killed and their leases
   * released at once. Calling it again without `drain` cuts a drain short.
   */
  readonly stop: (options: { readonly drain: boolean }) => Promise<void>
}

export type CreateDaemon = (config: Config) => Promise<Daemon>
