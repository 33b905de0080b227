import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { encodeScene, type PreparedScene, prepareSource, probeSource } from '../src/encode/index.ts'
import { runProcess } from '../src/encode/programs/process.ts'
import { findEncoder, type VideoFormat } from '../src/encode/rules/index.ts'
import { chooseSandbox, type SandboxMode } from '../src/platform/index.ts'
import { buildClip } from '../scripts/clip.ts'
import { median } from './median.ts'

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '9' },
    starts: { type: 'string', default: '100' },
    encoder: { type: 'string', default: 'aom' },
    params: { type: 'string', default: '--cpu-used=4 --end-usage=q --cq-level=30' }
  }
})
const count = z.coerce.number().int().min(1)
const [pairs, starts] = [count.parse(values.pairs), count.parse(values.starts)]
const FRAMES = 60

interface Scene {
  readonly scene: PreparedScene
  readonly video: VideoFormat
}

/** A scene of 640x360 that moves as films do. */
async function prepare(folder: string, signal: AbortSignal): Promise<Scene> {
  const cuts = [FRAMES, 2 * FRAMES]
  const seconds = (3 * FRAMES) / 25
  const { path } = await buildClip({ output: join(folder, 'clip.mkv'), seconds, width: 640, height: 360, cuts })
  const source = await probeSource(path, { signal })
  const scenes = { minFrames: FRAMES, maxFrames: FRAMES, threshold: undefined }
  const input = { source, scenes, workDir: folder, skipPiece: () => false, onProgress: () => undefined }
  for await (const event of prepareSource(input, { signal }))
    if (event.type === 'scene') return { scene: event.scene, video: source.video }
  throw new Error('the clip has no scene')
}

async function secondsOf(mode: SandboxMode, act: () => Promise<unknown>): Promise<number> {
  chooseSandbox(mode)
  const began = performance.now()
  await act()
  return (performance.now() - began) / 1000
}

/** Seconds with and without a sandbox, in turn, so that what else the machine does meets both. */
async function paired(runs: number, act: () => Promise<unknown>): Promise<{ boxed: number[]; plain: number[] }> {
  const [boxed, plain]: [number[], number[]] = [[], []]
  for (let run = 0; run < runs; run += 1) {
    const order: readonly SandboxMode[] = run % 2 === 0 ? ['require', 'off'] : ['off', 'require']
    for (const mode of order) (mode === 'off' ? plain : boxed).push(await secondsOf(mode, act))
  }
  return { boxed, plain }
}

async function bench(folder: string, signal: AbortSignal): Promise<void> {
  const found = chooseSandbox('require')
  if (found.type === 'none') throw new Error(found.words)
  const { scene, video } = await prepare(folder, signal)
  const encoder = findEncoder(values.encoder)
  const params = encoder.parseParams(values.params)
  const encode = async (): Promise<void> => {
    const workDir = await mkdtemp(join(folder, 'encode-'))
    const job = { ...scene, encoder: encoder.name, params, video, threads: 1, nice: 0, workDir }
    await encodeScene({ ...job, onProgress: () => {} }, { signal })
  }
  await encode()
  const encodes = await paired(pairs, encode)
  const ratios = encodes.boxed.map((seconds, n) => seconds / (encodes.plain[n] ?? 0))
  const least = Math.min(...encodes.boxed) / Math.min(...encodes.plain)
  console.log(`${encoder.name} ${values.params}, ${scene.frames} frames of 640x360, ${pairs} pairs`)
  console.log(`an encode takes ${Math.min(...encodes.plain).toFixed(2)} s at least without the sandbox`)
  console.log(
    `with it: ${median(ratios).toFixed(4)} times (median of pairs), ${least.toFixed(4)} times (least of each)`
  )
  const started = await paired(starts, async () => runProcess('true', [], { signal }))
  const ms = (median(started.boxed) - median(started.plain)) * 1000
  console.log(`a start takes ${ms.toFixed(1)} ms more (median of ${starts})`)
}

const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
try {
  await bench(folder, AbortSignal.timeout(3_600_000))
} finally {
  await rm(folder, { recursive: true, force: true })
}
