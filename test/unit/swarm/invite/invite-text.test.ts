import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { inviteText, readInvite } from '../../../../src/swarm/invite/invite-text.ts'
import { InviteError } from '../../../../src/swarm/invite/invite-error.ts'
import { decodeInvite, encodeInvite, LIMITS } from '../../../../src/swarm/protocol/index.ts'

const privateKey = await generateKeyPair('Ed25519')
const inviter = peerIdFromPrivateKey(privateKey).toString()
const RELAY = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'

const invite = {
  expiresAtMs: 1_800_000_000_000,
  swarm: '00112233445566ff',
  secret: 'ab'.repeat(16),
  addresses: [
    `/ip4/203.0.113.7/tcp/7898/p2p/${inviter}`,
    `/ip6/2001:db8::1/tcp/7898/p2p/${inviter}`,
    `/dns4/nas.example/tcp/7898/p2p/${inviter}`,
    `/ip4/203.0.113.9/tcp/7898/p2p/${RELAY}/p2p-circuit/p2p/${inviter}`
  ]
}

const codeOf = async (text: string): Promise<string> =>
  readInvite(text).then(
    () => 'read',
    (error: unknown) => (error instanceof InviteError ? error.code : String(error))
  )

test('what goes in comes out, for private and open swarms, and with blanks around it', async () => {
  expect(await readInvite(await inviteText(privateKey, invite))).toEqual({ ...invite, inviter })
  const open = { ...invite, swarm: '', secret: '' }
  expect(await readInvite(`  ${await inviteText(privateKey, open)}\n`)).toEqual({ ...open, inviter })
})

test('an invitation with a public and a local address has about two hundred characters', async () => {
  const text = await inviteText(privateKey, { ...invite, addresses: invite.addresses.slice(0, 2) })
  expect(text).toMatch(/^grav1:[\w-]+$/)
  expect(text.length).toBeLessThan(260)
})

test('with any one character changed, left out or doubled it is refused', async () => {
  const text = await inviteText(privateKey, { ...invite, addresses: invite.addresses.slice(0, 1) })
  const codes = new Set<string>()
  for (let at = 0; at < text.length; at += 1) {
    const other = text[at] === 'A' ? 'B' : 'A'
    for (const instead of [other, '', `${text[at]}${text[at]}`, '='])
      codes.add(await codeOf(text.slice(0, at) + instead + text.slice(at + 1)))
  }
  expect([...codes].toSorted()).toEqual(['cut-off', 'mistyped', 'no-invite'])
})

test('every beginning of it is refused as cut off', async () => {
  const text = await inviteText(privateKey, { ...invite, addresses: invite.addresses.slice(0, 1) })
  for (let chars = 'grav1:'.length; chars < text.length - 1; chars += 1)
    expect(await codeOf(text.slice(0, chars)), `${chars} characters`).toMatch(/^(?:cut-off|mistyped)$/)
  expect(await codeOf(text.slice(0, text.length / 2))).toBe('cut-off')
})

test.for([
  ['', 'no-invite'],
  ['grav1 join', 'no-invite'],
  ['/ip4/192.168.1.10/tcp/7898/p2p/12D3KooW', 'no-invite'],
  [`grav1:${'A'.repeat(LIMITS.inviteCharsMax)}`, 'no-invite'],
  ['grav1:', 'cut-off']
] as const)('"%s" is %s', async ([text, code]) => {
  expect(await codeOf(text)).toBe(code)
})

/** The text with its bytes changed and its checksum right again. */
async function changed(change: (bytes: Buffer) => void): Promise<string> {
  const { createHash } = await import('node:crypto')
  const bytes = Buffer.from((await inviteText(privateKey, invite)).slice('grav1:'.length), 'base64url')
  change(bytes)
  createHash('sha256')
    .update(bytes.subarray(0, -4))
    .digest()
    .copy(bytes, bytes.byteLength - 4, 0, 4)
  return `grav1:${bytes.toString('base64url')}`
}

test('another version, another signer and another payload are told apart', async () => {
  expect(await codeOf(await changed((bytes) => bytes.writeUInt8(2, 0)))).toBe('newer-version')
  expect(await codeOf(await changed((bytes) => bytes.writeUInt8((bytes[10] ?? 0) ^ 1, 10)))).toBe('forged')
  expect(await codeOf(await changed((bytes) => bytes.writeUInt8((bytes[50] ?? 0) ^ 1, 50)))).toBe('forged')
  expect(await codeOf(await changed((bytes) => bytes.writeUInt8((bytes[105] ?? 0) ^ 1, 105)))).toBe('forged')
})

test('more addresses than fit, and longer ones, are left out by the one who makes it', async () => {
  const many = Array.from({ length: 20 }, (_, index) => `/ip4/10.0.0.${index + 1}/tcp/7898/p2p/${inviter}`)
  const long = `/dns4/${'a'.repeat(200)}/tcp/7898/p2p/${inviter}`
  const text = await inviteText(privateKey, { ...invite, addresses: [long, ...many] })
  expect((await readInvite(text)).addresses).toEqual(many.slice(0, LIMITS.inviteAddressesMax))
  expect(text.length).toBeLessThan(LIMITS.inviteCharsMax)
})

test('a payload beyond the limits is not decoded', () => {
  const address = multiaddr('/ip4/10.0.0.1/tcp/7898').bytes
  const whole = { ...invite, addresses: [address] }
  const decode = (change: Partial<typeof whole>) => () => decodeInvite(encodeInvite({ ...whole, ...change }))
  expect(decode({})()).toEqual({ ...whole, addresses: [expect.anything()] })
  expect(decode({ addresses: Array.from({ length: LIMITS.inviteAddressesMax }, () => address) })).not.toThrow()
  expect(decode({ addresses: Array.from({ length: LIMITS.inviteAddressesMax + 1 }, () => address) })).toThrow()
  expect(decode({ addresses: [new Uint8Array(LIMITS.inviteAddressBytesMax)] })).not.toThrow()
  expect(decode({ addresses: [new Uint8Array(LIMITS.inviteAddressBytesMax + 1)] })).toThrow()
  expect(decode({ addresses: [] })).toThrow()
  expect(decode({ secret: 'ab' })).toThrow()
  expect(decode({ secret: '' })).toThrow()
  expect(decode({ swarm: '' })).toThrow()
  expect(decode({ expiresAtMs: 0 })).toThrow()
})
