import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Brake, createBrake } from '../../../src/encode/programs/brake.ts'
import { makeBase, makeOddClip, tempFolder } from '../../fixtures/encode-clips.ts'
import { encodeClip, prepareClip, type PreparedClip } from '../../fixtures/encode-scenes.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { runningPrograms } from '../../fixtures/running-programs.ts'
import { processTree, TICK_MS } from '../../../src/platform/index.ts'
import { startProcess } from '../../../src/encode/programs/process.ts'
import { withoutSandbox } from '../../fixtures/without-sandbox.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>
let clip: PreparedClip
let folders = 0

beforeAll(async () => {
  folder = await tempFolder()
  const base = await makeBase(folder.path)
  clip = await prepareClip(await makeOddClip(base, folder.path, 'open GOP H.264'), folder.path, 'open', signal)
})
afterAll(() => folder.remove())

const PARAMS = {
  aom: '--cpu-used=4 --end-usage=q --cq-level=30',
  vp9: '--cpu-used=2 --end-usage=q --cq-level=30'
}

/** Everything that this process started, and what came of it. */
const programs = () => runningPrograms(process.pid)

const ticksOf = (lines: ReturnType<typeof programs>): number => lines.reduce((sum, { ticks }) => sum + ticks, 0)

async function encode(encoder: 'aom' | 'vp9', brake: Brake, onProgress: () => void = () => {}) {
  const workDir = join(folder.path, `brake-${(folders += 1)}`)
  const scene = clip.scenes[1]
  if (scene === undefined) throw new Error('the clip has one scene')
  return brake.run(async () =>
    encodeClip(clip, scene, { encoder, params: PARAMS[encoder], workDir, onProgress }, signal)
  )
}

const STANDS = ['T', 'Z']

const standAll = async (brake: Brake): Promise<void> =>
  eventually('all programs stand still', () => {
    brake.hold()
    const all = programs()
    return all.length > 0 && all.every(({ state }) => STANDS.includes(state))
  })

async function restsAndGoesOn(): Promise<void> {
  const alone = await encode('aom', createBrake())
  const brake = createBrake()
  const begun = Promise.withResolvers<void>()
  const running = encode('aom', brake, begun.resolve)
  await begun.promise
  brake.set('rest', true)
  await standAll(brake)
  // The encoder, and the decoder where it has not handed over all frames yet, each in its box where there is one.
  const before = ticksOf(programs())
  const restedFrom = performance.now()
  await eventually('some time', () => performance.now() - restedFrom > 300)
  expect(ticksOf(programs())).toBe(before)
  brake.set('rest', false)
  const { sha256 } = await running
  expect(sha256).toBe(alone.sha256)
  expect(brake.programs()).toBe(0)
}

test('in a sandbox an encode stands still with all its programs, and goes on to the same bytes', restsAndGoesOn)

test('without one it does so too', async () => withoutSandbox(restsAndGoesOn))

test('a program that starts while its task rests does not begin, and the time does not count', async () => {
  const brake = createBrake()
  brake.set('rest', true)
  const began = performance.now()
  const running = encode('vp9', brake)
  await eventually('a program', () => brake.programs() > 0)
  await standAll(brake)
  brake.set('ease', true)
  brake.set('rest', false)
  await standAll(brake)
  const restedMs = performance.now() - began
  brake.set('ease', false)
  const { encodeMs } = await running
  expect(encodeMs).toBeLessThan(performance.now() - began - restedMs / 100)
})

/** A shell whose programs take processor time one after the other, in the brake's way of running programs. */
const BUSY = "for n in 1 2 3 4 5 6; do perl -e 'my $x; $x += $_ for 1..8000000'; done; read line"

test('processor time counts once, also that of a program that has ended below another', async () =>
  withoutSandbox(async () => {
    const brake = createBrake()
    brake.usedMs()
    let usedMs = 0
    let ticks = 0
    await brake.run(async () => {
      const running = startProcess('sh', ['-c', BUSY], { signal, stdin: 'pipe' })
      await eventually('all have ended', () => {
        usedMs += brake.usedMs() ?? 0
        const [shell, ...others] = processTree([running.pid])
        ticks = shell?.ticks ?? 0
        return others.length === 0 && ticks > 20 && shell?.state === 'S'
      })
      usedMs += brake.usedMs() ?? 0
      running.stdin.end('\n')
      await running.ended
    })
    expect(Math.abs(usedMs - ticks * TICK_MS)).toBeLessThanOrEqual(2 * TICK_MS)
  }))
