import { z } from 'zod'
import { type MannerName, MANNERS, mannerText } from '../../api/manners/index.ts'
import { LOG_ROOMS, type LogRoom } from '../log/rooms.ts'
import { byteRate, RATE_ALLOWED } from './byte-rate.ts'
import type { FlagConfig } from './types.ts'
import {
  byteCount,
  displayName,
  encoderPaths,
  folders,
  hostName,
  hostNames,
  multiaddrs,
  nonEmpty,
  origins,
  peerIdsOrAll,
  webAddresses,
  wholeNumber,
  wholeNumberOrAuto,
  yesOrNo
} from './schemas.ts'

/** One thing a node can be told. Its flag, environment variable and file key follow from `flag`. */
export interface ConfigOption<Value = unknown> {
  /** Without the dashes; also the key in the config file, and `GRAV1_<FLAG>` in the environment. */
  readonly flag: string
  /** Placeholder of the value in the help; undefined for a switch. */
  readonly argument?: string
  /** Lists: the flag may be repeated, the environment separates by commas, the file holds an array. */
  readonly list?: true
  /** Left out of `--help`. */
  readonly advanced?: true
  readonly help: string
  /** What is allowed, to complete "use ...". */
  readonly allowed: string
  /** The default; undefined where it depends on the machine or there is none. */
  readonly value?: Value
  /** The default as the documentation words it. Default: the value itself. */
  readonly standard?: string
  readonly schema: z.ZodType<Value>
}

type ConfigOptions = { readonly [Key in keyof Required<FlagConfig>]: ConfigOption<Exclude<FlagConfig[Key], undefined>> }

const rooms = Object.keys(LOG_ROOMS) as LogRoom[]

const shares = ['all', 'trusted'] as const

const levels = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const

/** A setting of how a lent machine behaves, from the table of the API. */
function manner(name: MannerName) {
  const { flag, argument, help, allowed, standard } = MANNERS[name]
  return { flag, argument, help, allowed, standard, schema: mannerText(name) }
}

/** Every option once: drives the flags, the environment, the config file and the table in the documentation. */
export const configOptions = {
  bootstrap: {
    flag: 'bootstrap',
    argument: '<multiaddr>',
    list: true,
    help: 'peer to dial and keep dialling',
    allowed: 'a TCP multiaddr such as /ip4/192.168.1.10/tcp/7898/p2p/12D3KooW...',
    value: [],
    standard: 'none',
    schema: multiaddrs
  },
  listen: {
    flag: 'listen',
    argument: '<multiaddr>',
    list: true,
    help: 'address for peers to reach this node; port 0 takes any free one',
    allowed: 'a TCP multiaddr such as /ip4/0.0.0.0/tcp/7898',
    value: ['/ip4/0.0.0.0/tcp/7898'],
    schema: multiaddrs
  },
  announce: {
    flag: 'announce',
    argument: '<multiaddr>',
    list: true,
    help: 'another address at which peers reach this node, such as that of a forwarded port',
    allowed: 'a TCP multiaddr such as /dns4/home.example/tcp/7898',
    value: [],
    standard: 'none',
    schema: multiaddrs
  },
  upnp: {
    flag: 'upnp',
    help: 'ask the router, by NAT-PMP or UPnP, to forward a port to this node',
    allowed: 'true or false',
    value: false,
    schema: yesOrNo
  },
  relay: {
    flag: 'relay',
    help: 'relay connections between machines that cannot reach each other; use it on a machine that both can reach',
    allowed: 'true or false',
    value: false,
    schema: yesOrNo
  },
  relayData: {
    flag: 'relay-data',
    argument: '<bytes>',
    help: 'data that two machines may send each other through this relay per hour; 0 relays control messages, but no films',
    allowed: 'a number of bytes such as 4G',
    value: 4 * 2 ** 30,
    standard: '4G',
    schema: byteCount
  },
  relayPeers: {
    flag: 'relay-peers',
    argument: '<n>',
    help: 'how many machines may be reachable through this relay at once',
    allowed: 'a whole number from 1 to 1024',
    value: 64,
    schema: wholeNumber(1, 1024)
  },
  dataDir: {
    flag: 'data-dir',
    argument: '<dir>',
    help: 'where identity, database and segments are kept',
    allowed: 'a folder',
    standard: "the platform's data folder for grav1",
    schema: nonEmpty
  },
  workers: {
    flag: 'workers',
    argument: '<n|auto|0>',
    help: 'scenes encoded at once; 0 encodes nothing here',
    allowed: 'auto or a whole number from 0 to 1024',
    value: 'auto',
    standard: 'auto (one per core, fewer if memory is short)',
    schema: wholeNumberOrAuto(0, 1024)
  },
  threads: {
    flag: 'threads',
    argument: '<n>',
    help: 'threads of each encoder; does not change the result',
    allowed: 'a whole number from 1 to 64',
    value: 1,
    schema: wholeNumber(1, 64)
  },
  queue: {
    flag: 'queue',
    argument: '<n>',
    help: 'scenes fetched ahead of a free slot',
    allowed: 'a whole number from 0 to 64',
    value: 1,
    schema: wholeNumber(0, 64)
  },
  apiHost: {
    flag: 'api-host',
    argument: '<host>',
    help: 'address that the REST API and the web client listen on',
    allowed: 'a host name or an IP address',
    value: '127.0.0.1',
    schema: hostName
  },
  apiPort: {
    flag: 'api-port',
    argument: '<port>',
    help: 'port of the REST API; 0 takes any free one',
    allowed: 'a whole number from 0 to 65535',
    value: 7899,
    schema: wholeNumber(0, 65_535)
  },
  apiName: {
    flag: 'api-name',
    argument: '<host>',
    list: true,
    help: 'further host name that the REST API answers to, such as that of a proxy',
    allowed: 'a host name',
    value: [],
    standard: 'none: localhost, loopback addresses and --api-host',
    schema: hostNames
  },
  apiOrigin: {
    flag: 'api-origin',
    argument: '<origin>',
    list: true,
    help: "website whose pages may use the REST API, besides the node's own",
    allowed: 'an origin such as https://encode.example',
    value: [],
    standard: 'none',
    schema: origins
  },
  auth: {
    flag: 'auth',
    argument: '<auto|always>',
    help: 'always: callers on this machine need a token too',
    allowed: 'auto or always',
    value: 'auto',
    standard: 'auto: only callers on other machines need one',
    schema: z.literal(['auto', 'always'])
  },
  tlsCert: {
    flag: 'tls-cert',
    argument: '<file>',
    help: 'certificate of the REST API with its chain, PEM; turns on HTTPS',
    allowed: 'a PEM file',
    standard: 'none: HTTP',
    schema: nonEmpty
  },
  tlsKey: {
    flag: 'tls-key',
    argument: '<file>',
    help: 'private key of the certificate, PEM, without a passphrase',
    allowed: 'a PEM file',
    standard: 'none',
    schema: nonEmpty
  },
  media: {
    flag: 'media',
    argument: '<dir>',
    list: true,
    help: 'folder that API callers without a token may read inputs from',
    allowed: 'an existing folder',
    standard: 'the folder the node is started in',
    schema: folders
  },
  watch: {
    flag: 'watch',
    argument: '<dir>',
    list: true,
    help: 'folder whose films are submitted as they arrive; a grav1.toml in it sets the options',
    allowed: 'an existing folder',
    value: [],
    standard: 'none',
    schema: folders
  },
  uploadQuota: {
    flag: 'upload-quota',
    argument: '<bytes>',
    help: 'space in the data folder for films uploaded from browsers, such as 200G; 0 allows none',
    allowed: 'a number of bytes such as 50G',
    value: 50 * 2 ** 30,
    standard: '50G',
    schema: byteCount
  },
  uploadLimit: {
    flag: 'upload-limit',
    argument: '<rate>',
    help: 'total rate at which pieces and scenes are sent beyond the local network',
    allowed: RATE_ALLOWED,
    value: 0,
    standard: 'none',
    schema: byteRate
  },
  downloadLimit: {
    flag: 'download-limit',
    argument: '<rate>',
    help: 'total rate at which pieces and scenes are fetched from beyond the local network',
    allowed: RATE_ALLOWED,
    value: 0,
    standard: 'none',
    schema: byteRate
  },
  limitLan: {
    flag: 'limit-lan',
    help: 'apply both limits to the local network too',
    allowed: 'true or false',
    value: false,
    schema: yesOrNo
  },
  pieceQuota: {
    flag: 'piece-quota',
    argument: '<bytes>',
    help: "space in the data folder for source pieces of this node's films; when it is full, cutting waits for encoding; 0 cuts a piece only when a worker asks for it",
    allowed: 'a number of bytes such as 20G',
    value: 20 * 2 ** 30,
    standard: '20G',
    schema: byteCount
  },
  name: {
    flag: 'name',
    argument: '<name>',
    help: 'name shown to other peers',
    allowed: '1 to 64 printable characters',
    standard: 'the host name',
    schema: displayName
  },
  nice: {
    flag: 'nice',
    argument: '<n>',
    help: 'niceness of encoders; all other programs get 10',
    allowed: 'a whole number from 0 to 19',
    value: 19,
    schema: wholeNumber(0, 19)
  },
  schedule: manner('schedule'),
  whenIdle: manner('whenIdle'),
  onBattery: manner('onBattery'),
  maxTemperature: manner('maxTemperature'),
  maxCpu: manner('maxCpu'),
  maxPicture: manner('maxPicture'),
  maxCache: manner('maxCache'),
  logLevel: {
    flag: 'log-level',
    argument: '<level>',
    help: `what to log: ${levels.join(', ')}`,
    allowed: `one of ${levels.join(', ')}`,
    value: 'info',
    schema: z.literal(levels)
  },
  debug: {
    flag: 'debug',
    argument: '<room>',
    list: true,
    help: `part of the node that logs at debug: ${rooms.join(', ')}`,
    allowed: `one of ${rooms.join(', ')}`,
    value: [],
    standard: 'none',
    schema: z.array(z.literal(rooms)).max(16)
  },
  mdns: {
    flag: 'mdns',
    help: 'look for peers on the local network',
    allowed: 'true or false',
    value: true,
    schema: yesOrNo
  },
  trust: {
    flag: 'trust',
    argument: '<peer id|all>',
    list: true,
    help: 'peer whose projects this node encodes and whose commands it obeys, wherever it is',
    allowed: 'a peer id such as 12D3KooW... or all',
    value: [],
    standard: 'none',
    schema: peerIdsOrAll
  },
  encoderPath: {
    flag: 'encoder-path',
    argument: '<encoder=file>',
    list: true,
    help: 'program of an encoder, such as a build or a fork of yours, instead of the one on PATH: svt=/opt/svt/SvtAv1EncApp',
    allowed: 'aom, vp9 or svt, "=", and the path of a program',
    value: [],
    standard: 'none',
    schema: encoderPaths
  },
  sandbox: {
    flag: 'sandbox',
    argument: '<auto|require|off>',
    help: 'run decoders, encoders and muxers in a sandbox; require: do not start without one',
    allowed: 'auto, require or off',
    value: 'auto',
    standard: 'auto: where it works',
    schema: z.literal(['auto', 'require', 'off'])
  },
  trustLocal: {
    flag: 'trust-local',
    help: 'trust peers on this machine and on the local network: encode their projects, show them films',
    allowed: 'true or false',
    value: true,
    schema: yesOrNo
  },
  share: {
    flag: 'share',
    argument: '<with>',
    help: "who sees this node's films and gets their pieces and scenes: all, or only peers that it trusts",
    allowed: 'all or trusted',
    value: 'all',
    schema: z.literal(shares)
  },
  swarmKey: {
    flag: 'swarm-key',
    argument: '<file>',
    help: 'key of a private swarm (made by grav1 swarm-key); only its holders can connect, and they are trusted',
    allowed: 'a file made by grav1 swarm-key',
    standard: 'none: the swarm is open',
    schema: nonEmpty
  },
  webhook: {
    flag: 'webhook',
    argument: '<url>',
    list: true,
    help: 'address that receives a request when a project of this node ends',
    allowed: 'an http or https address',
    value: [],
    standard: 'none',
    schema: webAddresses
  },
  webhookSecretFile: {
    flag: 'webhook-secret-file',
    argument: '<file>',
    help: 'secret that webhooks are signed with',
    allowed: 'a file with at least 16 characters',
    standard: 'hooks/secret in the data folder, made at the first start with a webhook',
    schema: nonEmpty
  },
  onComplete: {
    flag: 'on-complete',
    argument: '<program>',
    help: 'program to run when a project of this node has ended',
    allowed: 'a program without arguments',
    standard: 'none',
    schema: nonEmpty
  },
  leaseTtlMs: {
    flag: 'lease-ttl-ms',
    argument: '<ms>',
    advanced: true,
    help: 'how long a lease lives without renewal',
    allowed: 'a whole number from 100 to 3600000',
    standard: '90000',
    schema: wholeNumber(100, 3_600_000)
  }
} satisfies ConfigOptions

/** Name of an option in {@link FlagConfig}. */
export type ConfigKey = keyof typeof configOptions

/** All names, in the order of the help. */
export const configKeys = Object.keys(configOptions) as readonly ConfigKey[]

/** The default in words. */
export function standardOf({ value, standard }: ConfigOption): string {
  return standard ?? (Array.isArray(value) ? value.join(', ') : String(value))
}

/** The option's environment variable, e.g. `GRAV1_DATA_DIR`. */
export const environmentName = (option: ConfigOption): string =>
  `GRAV1_${option.flag.toUpperCase().replaceAll('-', '_')}`

/** The form of a switch that changes something. */
const switchOf = ({ flag, value }: ConfigOption): string => (value === true ? `--no-${flag}` : `--${flag}`)

/** The options as a Markdown table, for `docs/options.md`. */
export function optionsTable(): string {
  const rows = configKeys.map((key) => {
    const option: ConfigOption = configOptions[key]
    const flag = option.argument === undefined ? switchOf(option) : `--${option.flag} ${option.argument}`
    const cells = [
      `\`${flag}\`${option.list ? ' (repeatable)' : ''}`,
      `\`${environmentName(option)}\``,
      `\`${option.flag}\``,
      option.help,
      standardOf(option)
    ]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return ['| flag | environment | config file | meaning | default |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n'
  )
}
