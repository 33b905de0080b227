import { expect, test } from 'vitest'
import type { PeerStatus } from '../../../../src/api/schemas/index.ts'
import type { Facts, PortFact } from '../../../../src/node/doctor/facts.ts'
import { examine } from '../../../../src/node/doctor/examine.ts'
import { peer, swarm } from '../cli/fixtures.ts'
import { encoder, machine, network, programs } from './facts.ts'

/** What is said besides that everything is well. */
const complaints = ({ machine: m, programs: p, network: n }: Partial<Facts>): string[] =>
  examine({ machine: m ?? machine(), programs: p ?? programs(), network: n ?? network() }).flatMap(
    ({ check, state, text, mend }) => (state === 'ok' ? [] : [`${state} ${check}: ${text} -> ${mend}`])
  )

const without = (...names: string[]) =>
  new Map([...programs().versions].map(([name, version]) => [name, names.includes(name) ? undefined : version]))

const among = (peers: readonly PeerStatus[]) => network({ status: { ...swarm(), peers: [...peers] } })

test('a machine on which all is well gets a line for each check and no complaint', () => {
  expect(complaints({})).toEqual([])
  const checks = examine({ machine: machine(), programs: programs(), network: network() }).map(({ check }) => check)
  expect(checks).toEqual(
    expect.arrayContaining(['Node', 'sandbox', 'disk', 'memory', 'clock', 'ffmpeg', 'mkvmerge', 'encoder aom', 'mDNS'])
  )
})

test.for<[string, Partial<Facts>, RegExp]>([
  ['no ffprobe', { programs: programs({ versions: without('ffprobe') }) }, /^warning ffmpeg: .* -> install ffprobe$/],
  ['no x264', { programs: programs({ hasX264: false }) }, /^warning ffmpeg: .*libx264.* -> install ffmpeg$/],
  ['no mkvmerge', { programs: programs({ versions: without('mkvmerge', 'mkvinfo') }) }, /-> install mkvmerge mkvinfo$/],
  [
    'a broken encoder beside a good one',
    { programs: programs({ encoders: [encoder(), encoder({ name: 'svt', build: null, problem: 'no AVX' })] }) },
    /^warning encoder svt: does not work here: no AVX/
  ],
  [
    'no encoder',
    { programs: programs({ encoders: [encoder({ build: null })] }) },
    /^problem encoders: .* -> grav1 encoders add$/
  ],
  [
    'no sandbox',
    { machine: machine({ sandbox: { type: 'none', code: 'missing', words: 'none' } }) },
    /^warning sandbox: none; a node here works only with peers that it trusts by name -> install bubblewrap$/
  ],
  [
    'a sandbox that the kernel refuses',
    { machine: machine({ sandbox: { type: 'none', code: 'refused', words: 'no' } }) },
    /^warning sandbox: no; .* by name -> sysctl/
  ],
  [
    'a sandbox that was turned off',
    { machine: machine({ sandbox: { type: 'none', code: 'off', words: 'off' } }) },
    /^warning sandbox: off; .* by name -> grav1 node/
  ],
  ['a folder of others', { machine: machine({ freeBytes: undefined }) }, /^problem disk: .*cannot be written/],
  ['a full disk', { machine: machine({ freeBytes: 2 ** 28 }) }, /^problem disk: .*--data-dir/],
  ['a small disk', { machine: machine({ freeBytes: 2 ** 32 }) }, /^warning disk/],
  ['little memory', { machine: machine({ slots: 8, scenesInMemory: 2 }) }, /^warning memory: .* -> grav1 workers 2$/],
  [
    'a clock that was set back',
    { machine: machine({ clock: { isKept: true, behindFilesMs: 3_600_000, aheadOfNodeMs: undefined } }) },
    /^warning clock: .*3600 s newer than the clock/
  ],
  [
    'a clock other than that of the node',
    { machine: machine({ clock: { isKept: true, behindFilesMs: 0, aheadOfNodeMs: -90_000 } }) },
    /^warning clock: 90 s behind/
  ],
  [
    'a clock that nobody keeps',
    { machine: machine({ clock: { isKept: false, behindFilesMs: 0, aheadOfNodeMs: undefined } }) },
    /^warning clock: no time server/
  ],
  ['no multicast', { network: network({ mdns: { wanted: true, trouble: 'no network' } }) }, /^warning mDNS: no network/]
])('%s', ([, facts, complaint]) => {
  const found = complaints(facts)
  expect(found).toHaveLength(1)
  expect(found[0]).toMatch(complaint)
})

test('a port that is taken is a problem, one of the node itself is not', () => {
  const port = (state: PortFact['state']): PortFact => ({ what: 'peers', address: ':7898', state, flag: '--listen x' })
  expect(complaints({ network: network({ ports: [port('own'), port('free')] }) })).toEqual([])
  expect(complaints({ network: network({ ports: [port('taken'), port('refused')] }) })).toEqual([
    'problem port for peers: another program uses :7898 -> grav1 node --listen x',
    'problem port for peers: this user may not listen on :7898 -> grav1 node --listen x'
  ])
})

test('a node that no peer of another machine came to may be behind a firewall', () => {
  const away = { path: 'local', encoders: ['aom/3.6.0/1f2e3d4c'] } as const
  const dialled = peer({ ...away, encoders: [...away.encoders], inbound: false })
  const came = peer({ ...away, encoders: [...away.encoders], inbound: true })
  const beside = peer({ path: 'loopback', encoders: [...away.encoders], inbound: false })
  expect(complaints({ network: among([dialled, dialled]) })).toEqual([
    expect.stringMatching(/^warning reachability: .*all of its 2 peers/)
  ])
  expect(complaints({ network: among([dialled, came]) })).toEqual([])
  expect(complaints({ network: among([beside]) })).toEqual([])
})

test.for([
  ['got through', 'public', true, 2, []],
  ['did not, but a relay is there', 'relayed', false, 2, []],
  ['did not get through', 'local', false, 2, [/^warning reachability: 2 peers outside .*--upnp/]],
  ['were not asked', 'local', false, 0, [/^warning reachability: .*all of its 1 peers/]]
] as const)('peers outside that dialled this node %s', ([, reach, isReached, tried, expected]) => {
  const dialled = peer({ path: 'internet', encoders: ['aom/3.6.0/1f2e3d4c'], inbound: false })
  const facts = among([dialled])
  const address = '/ip4/8.8.8.8/tcp/7898/p2p/12D3KooWNode'
  const way = { addresses: [{ address, reach, isReached }], tried, reached: Number(isReached) }
  if (facts.status === undefined) throw new Error('no node')
  const status = { ...facts.status, node: { ...facts.status.node, reach: way } }
  expect(complaints({ network: { ...facts, status } })).toEqual(expected.map((text) => expect.stringMatching(text)))
})

test('a connected peer without a build of this machine is named', () => {
  const other = peer({ name: 'attic', path: 'loopback', encoders: ['aom/3.13.1/99999999'] })
  expect(complaints({ network: among([other]) })).toEqual([
    expect.stringMatching(/^warning builds: attic has no build/)
  ])
  expect(complaints({ network: among([{ ...other, connected: false }]) })).toEqual([])
  expect(complaints({ network: among([{ ...other, encoders: ['aom/3.6.0/1f2e3d4c'] }]) })).toEqual([])
})
