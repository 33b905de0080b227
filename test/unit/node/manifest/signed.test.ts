import { expect, test } from 'vitest'
import { canonicalJson } from '../../../../src/node/manifest/canonical.ts'
import { isManifest, openManifest, signManifest } from '../../../../src/node/manifest/signed.ts'
import { manifestBy, newSigner } from '../../../fixtures/manifests.ts'

type Json = string | number | readonly Json[] | { readonly [key: string]: Json }

/** Every value that can be reached, by its path. */
function* leaves(value: Json, path: readonly string[] = []): Generator<readonly string[]> {
  if (typeof value !== 'object') {
    yield path
    return
  }
  for (const [key, of] of Object.entries(value)) yield* leaves(of, [...path, key])
}

const otherOf = (value: Json): Json => {
  if (typeof value === 'number') return value + 1
  if (typeof value !== 'string') throw new TypeError('not a leaf')
  return /^[0-9a-f]{64}$/.test(value) ? value.replace(/./, (digit) => (digit === '0' ? '1' : '0')) : `${value}x`
}

/** The same with another value at a path, or without it. */
function changed(value: Json, [key = '', ...rest]: readonly string[], change: (old: Json) => Json | undefined): Json {
  const fields = Object.entries(value).flatMap(([name, of]) => {
    if (name !== key) return [[name, of] as const]
    const now = rest.length === 0 ? change(of) : changed(of, rest, change)
    return now === undefined ? [] : [[name, now] as const]
  })
  return Array.isArray(value) ? fields.map(([, of]) => of) : Object.fromEntries(fields)
}

const refusal = async (text: string): Promise<string> =>
  openManifest(text).then(
    () => 'opened',
    (error: { code: string }) => error.code
  )

test('what was signed is opened, however it is written, and any other value is refused', async () => {
  const signer = await newSigner()
  const body = manifestBy(signer.peerId)
  const text = await signManifest(body, signer)
  expect(await openManifest(text)).toEqual(body)
  expect(await signManifest(body, signer)).toBe(text)
  const file = JSON.parse(text) as { readonly [key: string]: Json }
  // Another order and other spaces are the same manifest.
  expect(await openManifest(JSON.stringify(Object.fromEntries(Object.entries(file).toReversed())))).toEqual(body)
  const paths = [...leaves(file)]
  expect(paths.length).toBeGreaterThan(50)
  for (const path of paths) {
    const name = path.join('.')
    expect([name, await refusal(JSON.stringify(changed(file, path, otherOf)))]).not.toEqual([name, 'opened'])
    expect([name, await refusal(JSON.stringify(changed(file, path, () => undefined)))]).not.toEqual([name, 'opened'])
  }
})

test('a further scene, field or signer is refused', async () => {
  const [signer, other] = [await newSigner(), await newSigner()]
  const body = manifestBy(signer.peerId)
  const file = JSON.parse(await signManifest(body, signer)) as Record<string, unknown>
  const [scene] = body.scenes
  expect(await refusal(JSON.stringify({ ...file, scenes: [...body.scenes, scene] }))).toBe('bad-signature')
  expect(await refusal(JSON.stringify({ ...file, more: 1 }))).toBe('not-a-manifest')
  expect(await refusal(JSON.stringify(file).replace('{', '{"__proto__":1,'))).toBe('not-a-manifest')
  expect(await refusal(await signManifest(body, other))).toBe('bad-signature')
  // A signature of another kind proves nothing about a manifest.
  const claim = Buffer.from(await signer.sign('claim', new Uint8Array(32))).toString('base64')
  expect(await refusal(JSON.stringify({ ...file, signature: claim }))).toBe('bad-signature')
})

test('what is no manifest, or a later one, is told apart', async () => {
  for (const text of ['', 'null', '[]', '{}', '{"grav1Manifest":"1"}', 'film'])
    expect([text, isManifest(text), await refusal(text)]).toEqual([text, false, 'not-a-manifest'])
  expect(await refusal('{"grav1Manifest":2}')).toBe('too-new')
  expect(isManifest('{"grav1Manifest":2}')).toBe(true)
})

test('the canonical form has one order, no space and no undefined', () => {
  expect(canonicalJson({ b: [1.5, 'ü"', null], a: { d: undefined, c: true }, B: -0 })).toBe(
    '{"B":0,"a":{"c":true},"b":[1.5,"ü\\"",null]}'
  )
})
