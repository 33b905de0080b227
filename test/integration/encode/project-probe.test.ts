import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import {
  createProbeCache,
  findEncoders,
  type InstalledEncoder,
  type ProbeInput,
  probeKey,
  probeProject
} from '../../../src/encode/index.ts'
import { ENCODERS, type VideoFormat } from '../../../src/encode/rules/index.ts'
import { createProjectProbes } from '../../../src/node/project-probes.ts'
import { tempFolder } from '../../fixtures/encode-clips.ts'
import { otherVpxenc } from '../../fixtures/other-vpxenc.ts'
import { announceSample } from '../../fixtures/protocol-samples.ts'
import { silent } from '../../fixtures/swarm-node.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
const VIDEO: VideoFormat = {
  width: 160,
  height: 90,
  pixelFormat: 'yuv420p',
  bitDepth: 8,
  fps: { num: 24, den: 1 },
  colour: {}
}
const FAST = { aom: '--cpu-used=6 --cq-level=40', vp9: '--cpu-used=8 --cq-level=40', svt: '--preset=10 --crf=40' }

let folder: Awaited<ReturnType<typeof tempFolder>>
let installed: readonly InstalledEncoder[]

beforeAll(async () => {
  folder = await tempFolder()
  installed = (await findEncoders({ signal })).installed
})
afterEach(() => {
  vi.unstubAllEnvs()
})
afterAll(() => folder.remove())

const buildOf = (name: string): string => installed.find((encoder) => encoder.name === name)?.build ?? ''

const input = (name: keyof typeof FAST, more: Partial<ProbeInput> & { readonly text?: string } = {}): ProbeInput => {
  const { text = FAST[name], ...others } = more
  const params = ENCODERS[name].parseParams(text)
  return { build: buildOf(name), params, video: VIDEO, threads: 1, nice: 0, ...others }
}

test.each(['aom', 'vp9', 'svt'] as const)('%s: the same each time and with more threads', async (name) => {
  const [once, again] = await Promise.all([
    probeProject(input(name), { signal }),
    probeProject(input(name, { threads: 4 }), { signal })
  ])
  expect(again).toEqual(once)
  expect(once.frames).toMatch(/^[0-9a-f]{64}$/)
})

test('other parameters make other frames, and another header only where it says something of them', async () => {
  const plain = await probeProject(input('svt'), { signal })
  const finer = await probeProject(input('svt', { text: '--preset=10 --crf=30' }), { signal })
  const grainy = await probeProject(input('svt', { text: `${FAST.svt} --film-grain=8` }), { signal })
  expect(finer.frames).not.toBe(plain.frames)
  expect(finer.header).toBe(plain.header)
  expect(grainy.header).not.toBe(plain.header)
})

test('a program that encodes otherwise is found out, although it says that it is the same', async () => {
  const mine = await probeProject(input('vp9'), { signal })
  vi.stubEnv('PATH', await otherVpxenc(join(folder.path, 'other'), {}))
  const other = await probeProject(input('vp9'), { signal })
  expect(other.frames).not.toBe(mine.frames)
  expect(other.header).toBe(mine.header)
})

test('ten bits and colours are probed as they are', async () => {
  const video = { ...VIDEO, pixelFormat: 'yuv420p10le', bitDepth: 10, colour: { matrix: 'bt709' } }
  const [ten, eight] = await Promise.all([
    probeProject(input('vp9', { video }), { signal }),
    probeProject(input('vp9'), { signal })
  ])
  expect(ten.header).not.toBe(eight.header)
})

test('what an encoder refuses is said in its words', async () => {
  const broken = input('aom', { text: '--cpu-used=6 --min-q=60 --max-q=10' })
  await expect(probeProject(broken, { signal })).rejects.toMatchObject({ code: 'encode-failed' })
})

test('a key tells projects apart that are encoded otherwise, and no others', async () => {
  const key = async (more: Parameters<typeof input>[1]) => probeKey(input('vp9', more), { signal })
  const plain = await key({})
  expect(await key({ nice: 5 })).toBe(plain)
  expect(await key({ text: '--cq-level=40   --cpu-used=8' })).not.toBe(plain)
  expect(await key({ threads: 2 })).not.toBe(plain)
  expect(await key({ video: { ...VIDEO, width: 162 } })).not.toBe(plain)
  expect(await key({ build: 'vp9/9.9.9/00000000' })).not.toBe(plain)
  vi.stubEnv('PATH', await otherVpxenc(join(folder.path, 'elsewhere'), {}))
  expect(await key({})).not.toBe(plain)
})

test('a second project with the same parameters costs nothing; a damaged file is made again', async () => {
  const announce = {
    ...announceSample,
    encoder: 'vp9',
    encoderName: 'vp9',
    encoderParams: FAST.vp9,
    encoderBuild: buildOf('vp9'),
    width: VIDEO.width,
    height: VIDEO.height
  }
  const kept = join(folder.path, 'probes')
  const make = async () => {
    const said: string[] = []
    const log = { ...silent, info: (_: object, message: string) => void said.push(message) }
    const encoders = async () => installed
    const probes = createProjectProbes({ folder: kept, encoders, threads: 1, nice: 0, log })
    return { ...(await probes.make(announce, () => true, signal)), said }
  }
  const first = await make()
  expect(first.build).toBe(buildOf('vp9'))
  expect(first.said).toHaveLength(1)
  expect(await make()).toEqual({ ...first, said: [] })
  const params = ENCODERS.vp9.parseParams(FAST.vp9)
  const video = { ...VIDEO, colour: { range: 'tv', primaries: undefined, transfer: undefined, matrix: undefined } }
  const key = await probeKey({ build: first.build, params, video, threads: 1, nice: 0 }, { signal })
  expect(await createProbeCache(kept).load(key)).toEqual(first.probe)
  await writeFile(join(kept, key), `${first.probe.frames}\nnothing`)
  expect(await make()).toEqual(first)
})

test('what is no longer wanted, or cannot be made here, is not made', async () => {
  const init = { folder: join(folder.path, 'none'), encoders: async () => installed, threads: 1, nice: 0, log: silent }
  const probes = createProjectProbes(init)
  await expect(probes.make(announceSample, () => false, signal)).rejects.toThrow('no longer wanted')
  const elsewhere = { ...announceSample, encoderBuild: 'vp9/9.9.9/00000000' }
  await expect(probes.make(elsewhere, () => true, signal)).rejects.toThrow('is no longer vp9/9.9.9/00000000')
  const stop = new AbortController()
  const made = probes.make({ ...announceSample, encoderBuild: buildOf('aom') }, () => true, stop.signal)
  stop.abort(new Error('gone'))
  await expect(made).rejects.toThrow('gone')
})
