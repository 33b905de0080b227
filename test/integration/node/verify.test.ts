import { execFileSync } from 'node:child_process'
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'
import { createClient } from '../../../src/node/cli/client.ts'
import type { VerifyReport } from '../../../src/node/cli/commands/verify.ts'
import type { ScenesFile } from '../../../src/node/cli/scenes-file/shape.ts'
import { loadConfig } from '../../../src/node/config/index.ts'
import type { Config, Daemon } from '../../../src/node/config/types.ts'
import { createDaemon } from '../../../src/node/daemon.ts'
import { loadIdentity } from '../../../src/node/disk/identity.ts'
import type { ManifestBody } from '../../../src/node/manifest/schema.ts'
import { openManifest, signManifest } from '../../../src/node/manifest/signed.ts'
import { createSigner } from '../../../src/swarm/index.ts'
import { keepWarm, warmUp } from '../../e2e/warm.ts'
import { runGrav1 } from '../../fixtures/data-folder-node.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { newSigner } from '../../fixtures/manifests.ts'
import { isNightly } from '../../nightly.ts'

/** A node encodes a film of four scenes; all that is checked here is its file and its manifest. */
let folder: Awaited<ReturnType<typeof tempFolder>>
let config: Config
let node: Daemon
let made: ProjectStatus
let body: ManifestBody

const at = (...names: string[]): string => join(folder.path, ...names)
const film = (): string => at('film.svt.mkv')
const manifest = (): string => `${film()}.grav1.json`

const grav1 = async (...argv: readonly string[]) =>
  runGrav1(argv, { env: { GRAV1_CONFIG: at('empty.toml'), GRAV1_DATA_DIR: config.dataDir }, cwd: folder.path })

/** Ends with the code, and says of each check how it went. */
async function verify(...argv: readonly string[]) {
  const { code, out, err } = await grav1('verify', ...argv, '--json')
  const report = out === '' ? undefined : (JSON.parse(out) as VerifyReport)
  return { code, err, report, checks: report?.checks.map(({ check, state }) => `${check} ${state}`) }
}

/** A part of the source's picture, deeper than that. */
const FILM = {
  encoder: 'svt',
  encoderParams: '--preset 12 --crf 50',
  minFrames: 6,
  maxFrames: 6,
  crop: '64:64:0:8',
  depth: '10',
  measure: 'every'
} as const

/** A film as its owner leaves it. */
async function encode(request: object): Promise<ProjectStatus> {
  const client = createClient({ url: node.apiUrl, token: node.apiToken })
  const { projectId } = await client.submit({ ...FILM, input: at('film.mkv'), ...request })
  let project: ProjectStatus | undefined
  await eventually(
    'the film to be finished',
    async () => {
      project = (await client.status()).projects.find((one) => one.projectId === projectId)
      return project?.state === 'completed'
    },
    { deadlineMs: 120_000 }
  )
  return project!
}

beforeAll(async () => {
  folder = await tempFolder()
  await ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=64x80:r=24:d=1', '-c:v', 'libx264', '-g', '6', at('film.mkv'))
  await writeFile(at('empty.toml'), '')
  const flags = { dataDir: at('data'), workers: '2', apiPort: '0', logLevel: 'silent' }
  const loaded = await loadConfig({ flags, env: { GRAV1_CONFIG: at('empty.toml') }, cwd: folder.path })
  config = { ...loaded, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false }
  await warmUp(config.dataDir)
  node = await createDaemon(config)
  made = await encode({})
  body = await openManifest(await readFile(manifest(), 'utf8'))
}, 180_000)
afterAll(async () => {
  await node.stop({ drain: false })
  await keepWarm(config.dataDir)
  await folder.remove()
})

test('a film has a manifest beside it, which says what the log says', async () => {
  expect((await readdir(folder.path)).toSorted()).toEqual([
    'data',
    'empty.toml',
    'film.mkv',
    'film.svt.mkv',
    'film.svt.mkv.grav1.json'
  ])
  expect(body).toMatchObject({
    owner: made.owner,
    project: { id: made.projectId },
    film: { sha256: made.outputSha256, bytes: made.outputBytes, frames: 24 },
    source: { name: 'film.mkv', bytes: made.sourceBytes },
    video: { width: 64, height: 64, bitDepth: 10, madeOf: { width: 64, height: 80, bitDepth: 8 } },
    encoding: { encoder: 'svt', params: made.encoderParams, build: made.encoderBuild, filters: [] }
  })
  expect(body.scenes.map(({ start, frames, encodedBy }) => [start, frames, encodedBy])).toEqual(
    [0, 6, 12, 18].map((start) => [start, 6, made.owner])
  )
})

test('its owner gives it to whoever may use its API', async () => {
  const client = createClient({ url: node.apiUrl, token: node.apiToken })
  expect(await client.manifest(made.projectId)).toBe(await readFile(manifest(), 'utf8'))
})

test('it says how good every scene is, of which the owner encoded all, where that is asked for', async () => {
  const client = createClient({ url: node.apiUrl, token: node.apiToken })
  const shown = body.scenes.map(async (_, scene) => (await client.why(made.projectId, scene)).details)
  // As the node says it of the scene.
  const said = body.scenes.map(({ quality: { psnr, psnrMean } = {} }) =>
    psnr === undefined || psnrMean === undefined
      ? []
      : [`Against the source it has a mean PSNR of ${psnrMean.toFixed(1)} dB, a lowest of ${psnr.toFixed(1)} dB.`]
  )
  expect(said).toEqual(await Promise.all(shown))
  expect(said.flat()).toHaveLength(4)
})

test('verify finds the film as it was made, by the key of this data folder', async () => {
  const { code, report, checks } = await verify(film())
  expect([code, checks]).toEqual([0, ['signature ok', 'file ok', 'video ok']])
  expect(report).toMatchObject({ signer: made.owner, isOwn: true })
  const { out } = await grav1('verify', 'film.svt.mkv', '--signer', made.owner)
  expect(out).toContain('the key of this data folder')
  expect(out).toContain('Only --re-encode shows')
})

test('scenes that are encoded again give the same bytes', { timeout: 120_000 }, async () => {
  const { code, report, err } = await verify(film(), '--re-encode', '2')
  expect([code, err]).toEqual([0, ''])
  expect(report?.checks.at(-1)).toMatchObject({ check: 're-encode', state: 'ok' })
  expect(report?.checks.at(-1)?.text).toMatch(/^scenes \d and \d: the same bytes again$/)
})

test(
  'scenes of a sample, and of a range that begins at a time, are encoded again too',
  { timeout: 240_000 },
  async () => {
    const sample = ['sample', { sample: 2 }, undefined] as const
    const range = ['range', { range: '00:00.250-00:00.750' }, [6, 12]] as const
    for (const [name, wish, starts] of isNightly ? [sample, range] : [sample]) {
      const output = at(`${name}.mkv`)
      await encode({ ...wish, output })
      const { scenes } = await openManifest(await readFile(`${output}.grav1.json`, 'utf8'))
      expect(scenes.map(({ start }) => start)).toEqual([0, 6])
      if (starts !== undefined) expect(scenes.map(({ sourceStart }) => sourceStart)).toEqual(starts)
      expect((await verify(output, '--re-encode', '2')).report?.checks.at(-1)?.text).toBe(
        'scenes 1 and 2: the same bytes again'
      )
      for (const file of [output, `${output}.grav1.json`]) await rm(file)
    }
  }
)

test('another byte, another film and another source are found', async () => {
  const folderOfCopy = at('changed')
  await mkdir(folderOfCopy)
  const copy = join(folderOfCopy, 'film.svt.mkv')
  await copyFile(manifest(), `${copy}.grav1.json`)
  const bytes = await readFile(film())
  const show = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'packet=pos,size', '-of', 'csv=p=0']
  const packets = execFileSync('ffprobe', [...show, film()], { encoding: 'utf8' })
    .trim()
    .split('\n')
  // In the midst of the longest packet.
  const [[size = 0, offset = 0] = []] = packets
    .map((line) => line.split(',').map(Number))
    .toSorted(([a = 0], [b = 0]) => b - a)
  const inside = offset + 16 + Math.floor(size / 2)
  bytes[inside] = (bytes[inside] ?? 0) ^ 1
  await writeFile(copy, bytes)
  expect(await verify(copy)).toMatchObject({ code: 1, checks: ['signature ok', 'file wrong', 'video wrong'] })
  await copyFile(film(), copy)
  expect((await verify(copy)).code).toBe(0)
  // No source of that name is beside it; another file of that name is none.
  expect(await verify(copy, '--re-encode', '1')).toMatchObject({ code: 1, report: undefined })
  await writeFile(join(folderOfCopy, 'film.mkv'), 'another film')
  const refused = await verify(copy, '--re-encode', '1')
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('is not the source of the film')])
  await rm(folderOfCopy, { recursive: true })
})

test('a film that was muxed again has its packets, and another file', async () => {
  const place = at('remuxed')
  await mkdir(place)
  const copy = join(place, 'other name.mkv')
  execFileSync('mkvmerge', ['-q', '--title', 'Another', '-o', copy, film()])
  const { code, err } = await verify(copy)
  expect([code, err]).toEqual([2, expect.stringContaining('--manifest')])
  const found = await verify(copy, '--manifest', manifest())
  expect(found).toMatchObject({ code: 1, checks: ['signature ok', 'file wrong', 'video ok'] })
  const { out } = await grav1('verify', copy, '--manifest', manifest())
  expect(out).toContain('The video is unchanged')
  await rm(place, { recursive: true })
})

test('a manifest that says something else of the film is found, whoever signs it', { timeout: 120_000 }, async () => {
  const own = createSigner(await loadIdentity(config.dataDir))
  const other = at('other.json')
  const [first, ...rest] = body.scenes
  const sign = async (change: Partial<ManifestBody>): Promise<void> =>
    writeFile(other, await signManifest({ ...body, ...change }, own))
  const of = async (...more: string[]) => verify(film(), '--manifest', other, ...more)

  await sign({ scenes: [{ ...first!, frames: 5 }, ...rest] })
  expect((await of()).checks).toContain('video wrong')
  await sign({ scenes: [{ ...first!, packets: first!.inputHash }, ...rest] })
  expect((await of()).report?.checks.at(-1)?.text).toContain('scene 1: the packets differ')
  await sign({ scenes: [...rest, first!] })
  expect((await of()).checks).toContain('video wrong')
  // What only an encode shows: cheaper parameters than were said, or other frames.
  const params = '--preset=12 --crf=51'
  await sign({ encoding: { ...body.encoding, params }, scenes: body.scenes.map((scene) => ({ ...scene, params })) })
  expect((await of()).code).toBe(0)
  expect((await of('--re-encode', '1')).checks).toContain('re-encode wrong')
  await sign({ scenes: body.scenes.map((scene) => ({ ...scene, sourceStart: scene.sourceStart + 3 })) })
  expect((await of('--re-encode', '1')).checks).toContain('re-encode wrong')
  // A build that is not here, and parameters that no worker would take.
  const build = 'svt/9.9.9/0123'
  await sign({ scenes: body.scenes.map((scene) => ({ ...scene, build })) })
  expect((await of('--re-encode', '1')).err).toContain('svt 9.9.9 (0123)')
  await sign({ encoding: { ...body.encoding, params: '--stat-file=/etc/passwd' } })
  expect((await of('--re-encode', '1')).err).toContain('cannot be encoded here')
  const stranger = await newSigner()
  await writeFile(other, await signManifest({ ...body, owner: stranger.peerId }, stranger))
  expect((await of()).report?.isOwn).toBe(false)
  expect((await of('--signer', made.owner)).err).toContain(`not by ${made.owner}`)
  await rm(other)
})

test('a file in the place of the manifest stays, unless it may be replaced', { timeout: 240_000 }, async () => {
  const kept = at('kept.mkv')
  await rename(film(), kept)
  await writeFile(manifest(), 'a letter')
  await expect(encode({})).rejects.toMatchObject({ field: 'manifest' })
  // Scenes of before are taken again, so this encodes nothing.
  await encode({ manifest: 'none' })
  expect(await readFile(film())).toEqual(await readFile(kept))
  expect(await readFile(manifest(), 'utf8')).toBe('a letter')
  await encode({ overwrite: true })
  expect((await verify(film())).code).toBe(0)
})

test('the scenes of a film go out as a file, and come in with other parameters', { timeout: 240_000 }, async () => {
  const submit = ['submit', at('film.mkv'), '--encoder', 'svt', '--params', FILM.encoderParams]
  const file = at('scenes.json')
  const lengths = ['--min-frames', '6', '--max-frames', '6']
  const dry = await grav1(...submit, ...lengths, '--output', at('dry.mkv'), '--dry-run', '--save-scenes', file)
  expect([dry.code, dry.err]).toEqual([0, expect.stringContaining('scenes written to')])
  const saved = JSON.parse(await readFile(file, 'utf8')) as ScenesFile
  expect(saved.split_scenes?.map((scene) => [scene.start_frame, scene.end_frame, scene.zone_overrides])).toEqual(
    [0, 6, 12, 18].map((start) => [start, start + 6, null])
  )

  // What a boosting script does: another cut, and another quality in one scene.
  const video_params = ['--preset', '12', '--crf', '40']
  const boosted = [
    { start_frame: 0, end_frame: 9, zone_overrides: null },
    { start_frame: 9, end_frame: 24, zone_overrides: { encoder: 'svt_av1', passes: 1, video_params } }
  ]
  await writeFile(file, JSON.stringify({ frames: 24, scenes: boosted, split_scenes: boosted }))
  const output = at('boosted.mkv')
  const again = at('again.json')
  const made = await grav1(...submit, '--scenes', file, '--output', output, '--save-scenes', again)
  expect([made.code, made.err]).toEqual([0, expect.stringContaining('scenes written to')])
  const { scenes } = await openManifest(await readFile(`${output}.grav1.json`, 'utf8'))
  expect(scenes.map(({ start, frames, params }) => [start, frames, params])).toEqual([
    [0, 9, body.encoding.params],
    [9, 15, expect.stringContaining('--crf=40')]
  ])
  expect(JSON.parse(await readFile(again, 'utf8'))).toMatchObject({ frames: 24, split_scenes: boosted })
  // The picture is the source's own this time.
  expect((await verify(output, '--re-encode', '9')).report?.checks.at(-1)?.text).toBe(
    'scenes 1 and 2: the same bytes again'
  )

  await writeFile(file, JSON.stringify({ frames: 25, scenes: [{ start_frame: 0, end_frame: 25 }] }))
  const other = await grav1(...submit, '--scenes', file, '--output', at('other.mkv'), '--dry-run')
  expect([other.code, other.err]).toEqual([2, expect.stringContaining('The source has 24 frames, not 25.')])
})
