import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MediaError, type PreparedScene, verifySegment } from '../../../src/encode/index.ts'
import { encoderFacts } from '../../../src/encode/programs/program-facts.ts'
import { ENCODERS, oddity, outputBitDepth, rulesFor } from '../../../src/encode/rules/index.ts'
import { BASE_CUTS, makeBase, tempFolder } from '../../fixtures/encode-clips.ts'
import { encodeClip, prepareClip, type PreparedClip } from '../../fixtures/encode-scenes.ts'
import { textsOf } from '../../fixtures/param-ends.ts'
import { isNightly } from '../../nightly.ts'
import { patience } from '../../fixtures/patience.ts'

const RUN_MS = isNightly ? 1_800_000 : 600_000
const signal = patience()

/** What the gate tries; the nightly run tries both ends of every flag too. */
const GATE = {
  aom: [
    '--cpu-used=8 --end-usage=q --cq-level=63 --lag-in-frames=12',
    '--cpu-used=8 --end-usage=vbr --target-bitrate=10 --max-q=40',
    '--cpu-used=8 --end-usage=q --cq-level=20 --lag-in-frames=0 --error-resilient=1'
  ],
  vp9: [
    '--cpu-used=5 --end-usage=q --cq-level=63 --lag-in-frames=12 --auto-alt-ref=6',
    '--cpu-used=5 --end-usage=vbr --target-bitrate=10 --max-q=40',
    '--cpu-used=5 --end-usage=q --cq-level=20 --auto-alt-ref=0'
  ],
  svt: ['--preset=10 --crf=1', '--preset=10 --rc=1 --tbr=10 --max-qp=40', '--preset=10 --crf=63 --tile-columns=1']
} as const

const BASE = {
  aom: ['--cpu-used=8', '--lag-in-frames=12', '--end-usage=q', '--cq-level=30'],
  vp9: ['--cpu-used=5', '--lag-in-frames=12', '--end-usage=q', '--cq-level=30', '--auto-alt-ref=1'],
  svt: ['--preset=10', '--crf=30']
}

/** Flags that the encoders take with others only. */
const BESIDE = {
  'min-q': '--max-q=63',
  'max-q': '--min-q=0',
  'qm-min': '--enable-qm=1 --qm-max=15',
  'qm-max': '--enable-qm=1 --qm-min=0',
  'max-partition-size': '--min-partition-size=4',
  'min-partition-size': '--max-partition-size=128',
  'gf-min-pyr-height': '--gf-max-pyr-height=5',
  'min-gf-interval': '--lag-in-frames=0 --max-gf-interval=24',
  'max-gf-interval': '--lag-in-frames=0 --min-gf-interval=0',
  'superres-mode': '--superres-denominator=12',
  'target-bitrate': '--end-usage=vbr',
  'chroma-qm-max': '--enable-qm=1 --chroma-qm-min=0',
  'chroma-qm-min': '--enable-qm=1 --chroma-qm-max=15'
}

/** Slow, or refused by SVT-AV1 with `--crf`. */
const LEFT_OUT =
  /--(?:cpu-used=(?:-\d|[012])$|preset=(?:-\d|[012])$|profile|rc=1|tbr|min-qp|max-qp|max-int\w+-bitrate|cqp|qp=)/u

/** Of each of the three encoders, so that there are 200 in all. */
const RESULTS_AT_NIGHT = 67

/** Frames in scenes of about 14: one with a cut in it, at which encoders may begin anew, one that is nearly still, and one that moves. */
const FRAMES = [BASE_CUTS[1]!, 20, 160] as const

let folder: Awaited<ReturnType<typeof tempFolder>>
let clip: PreparedClip

beforeAll(async () => {
  folder = await tempFolder()
  clip = await prepareClip(await makeBase(folder.path), folder.path, 'base', signal, {
    scenes: { minFrames: 14, maxFrames: 14, threshold: 255 }
  })
})
afterAll(() => folder.remove())

function sceneAt(frame: number): PreparedScene {
  return clip.scenes.findLast(({ start }) => start < frame)!
}

async function textsFor(name: keyof typeof GATE): Promise<readonly string[]> {
  if (!isNightly) return GATE[name]
  const facts = await encoderFacts(ENCODERS[name], { signal })
  const ends = textsOf(rulesFor(ENCODERS[name].flags, facts), BASE[name], BESIDE)
  return [...GATE[name], ...ends.filter((text) => !LEFT_OUT.test(text))]
}

test.for(['aom', 'vp9', 'svt'] as const)(
  '%s: no honest result breaks a rule of its parameters, and few are odd',
  { timeout: RUN_MS },
  async (name) => {
    const odd: string[] = []
    const refused: string[] = []
    let results = 0
    for (const text of await textsFor(name)) {
      const scene = sceneAt(FRAMES[results % FRAMES.length] ?? 0)
      const encoder = ENCODERS[name]
      const params = encoder.parseParams(text)
      const { video } = clip.source
      const workDir = join(folder.path, `${name}-${results + refused.length}`)
      const bitDepth = outputBitDepth(params, video)
      const made = encodeClip(clip, scene, { encoder: name, params: text, workDir }, signal).then(async ({ file }) =>
        verifySegment({ file, encoder: name, frames: scene.frames, video, bitDepth, params, source: scene }, { signal })
      )
      const found = await made.catch((error: unknown) => {
        // Some versions refuse an end of a flag with these others, or write with it what no decoder reads: no result of an honest worker.
        if (!isNightly || !(error instanceof MediaError)) throw error
        refused.push(`${text}: ${error.message}`)
      })
      if (found === undefined) continue
      results += 1
      expect(found.frames?.breach, text).toBeUndefined()
      const why = oddity(found)
      if (why !== undefined) odd.push(`${text}: ${why}`)
    }
    if (isNightly) expect(results).toBeGreaterThanOrEqual(RESULTS_AT_NIGHT)
    expect(refused.length, refused.join('\n')).toBeLessThanOrEqual(results / 20)
    expect(odd.length, odd.join('\n')).toBeLessThanOrEqual(results / 20)
  }
)

test('svt: the tools of its frames hang on the preset, not on the picture', { timeout: RUN_MS }, async () => {
  const { video } = clip.source
  const toolsOf = async (preset: number, frame: number): Promise<string | undefined> => {
    const scene = sceneAt(frame)
    const text = `--preset=${preset} --crf=30`
    const workDir = join(folder.path, `tools-${preset}-${frame}`)
    const { file } = await encodeClip(clip, scene, { encoder: 'svt', params: text, workDir }, signal)
    const params = ENCODERS.svt.parseParams(text)
    const bitDepth = outputBitDepth(params, video)
    const input = { file, encoder: 'svt', frames: scene.frames, video, bitDepth, params, source: scene } as const
    return (await verifySegment(input, { signal })).frames?.tools.toSorted().join('; ')
  }
  const [slow, ...others] = await Promise.all(FRAMES.map(async (frame) => toolsOf(6, frame)))
  expect(slow).not.toBe('')
  expect(others).toEqual([slow, slow])
  // Both write the same sequence header.
  expect(await toolsOf(8, FRAMES[2])).not.toBe(slow)
})
