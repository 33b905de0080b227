import { generateKeyPair } from '@libp2p/crypto/keys'
import { describe, expect, test } from 'vitest'
import { ProtocolError } from '../../../src/swarm/protocol/index.ts'
import { createSigner, openEnvelope } from '../../../src/swarm/signer.ts'

const payload = new TextEncoder().encode('a record')

async function refusal(kind: 'log' | 'claim', envelope: Uint8Array): Promise<string> {
  try {
    await openEnvelope(kind, envelope)
    return 'taken'
  } catch (error) {
    if (error instanceof ProtocolError) return error.code
    throw error
  }
}

describe('an envelope', () => {
  test('opens to what was signed, by whom', async () => {
    const signer = createSigner(await generateKeyPair('Ed25519'))
    const opened = await openEnvelope('log', await signer.sign('log', payload))
    expect(Buffer.from(opened.payload)).toEqual(Buffer.from(payload))
    expect(opened.signer).toBe(signer.peerId)
  })

  test('of one kind is none of another', async () => {
    const signer = createSigner(await generateKeyPair('Ed25519'))
    expect(await refusal('claim', await signer.sign('log', payload))).toBe('bad-signature')
  })

  // Whoever could change its bytes without the key could show two records where its owner wrote one, and freeze the project.
  test.each([
    ['a field that nobody knows', (envelope: Uint8Array) => Buffer.concat([envelope, Buffer.from('a20600', 'hex')])],
    ['the same again', (envelope: Uint8Array) => Buffer.concat([envelope, envelope])],
    ['an empty field', (envelope: Uint8Array) => Buffer.concat([Buffer.from('a20600', 'hex'), envelope])]
  ])('with %s more is refused, although the signature still holds', async (_what, change) => {
    const signer = createSigner(await generateKeyPair('Ed25519'))
    const envelope = await signer.sign('log', payload)
    expect(await refusal('log', new Uint8Array(change(envelope)))).toBe('bad-signature')
  })

  test('with any one bit flipped is refused', async () => {
    const signer = createSigner(await generateKeyPair('Ed25519'))
    const envelope = await signer.sign('log', payload)
    const seen = new Set<string>()
    for (let at = 0; at < envelope.byteLength; at += 1)
      seen.add(await refusal('log', envelope.with(at, (envelope[at] ?? 0) ^ (1 << (at % 8)))))
    expect([...seen]).toEqual(['bad-signature'])
  })
})
