import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeScene, type VerifiedSegment, verifySegment } from '../../src/encode/index.ts'
import { ENCODERS } from '../../src/encode/rules/index.ts'
import { preparedClip } from '../prepared-clip.ts'
import { makeBase } from '../../test/fixtures/encode-clips.ts'

const signal = AbortSignal.timeout(3_600_000)
const SCENE_FRAMES = 18

/** Speeds that are asked for, each with the next that a cheat would take. */
const SPEEDS = {
  aom: { flag: 'cpu-used', rest: '--end-usage=q --cq-level=25 --lag-in-frames=17', speeds: [3, 4, 5, 6, 7, 8] },
  vp9: { flag: 'cpu-used', rest: '--end-usage=q --cq-level=25 --lag-in-frames=17', speeds: [0, 1, 2, 3, 4, 5] },
  svt: { flag: 'preset', rest: '--crf=25', speeds: [2, 4, 6, 8, 10, 12] }
} as const

type Name = keyof typeof SPEEDS
type Shown = Pick<VerifiedSegment, 'sequenceHeader'> & { readonly tools: readonly string[] }

const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
const fresh = async (): Promise<string> => mkdtemp(join(folder, 'w-'))

const { source, scenes } = await preparedClip(
  await makeBase(folder),
  await fresh(),
  { minFrames: SCENE_FRAMES, maxFrames: SCENE_FRAMES, threshold: 255 },
  signal
)

/** What the headers of each scene show at one speed. */
async function shownAt(name: Name, speed: number): Promise<Shown[]> {
  const { flag, rest } = SPEEDS[name]
  const params = ENCODERS[name].parseParams(`--${flag}=${speed} ${rest}`)
  const { video } = source
  const shown: Shown[] = []
  for (const scene of scenes) {
    const { frames, pieceFile, skip, inputHash } = scene
    const given = { encoder: name, video, frames, pieceFile, skip, inputHash, params, threads: 1, nice: 19 } as const
    const { file } = await encodeScene({ ...given, workDir: await fresh(), onProgress: () => {} }, { signal })
    const found = await verifySegment(
      { encoder: name, video, frames, file, params, bitDepth: video.bitDepth },
      { signal }
    )
    shown.push({ sequenceHeader: found.sequenceHeader, tools: found.frames?.tools ?? [] })
  }
  return shown
}

const isOther = ({ tools }: Shown, known: readonly Shown[]): boolean =>
  tools.some((one) => !known.some((before) => before.tools.includes(one)))

// What a faster speed than was asked for shows in the headers of a result, and how often an honest result shows the same.
try {
  console.log(
    `| of ${scenes.length} scenes | sequence header refuses | tools cast doubt | honest ones with other tools than the first |`
  )
  console.log('| --- | --- | --- | --- |')
  for (const name of Object.keys(SPEEDS) as Name[]) {
    const { flag, speeds } = SPEEDS[name]
    let slow: Shown[] | undefined
    for (const [at, speed] of speeds.entries()) {
      const fast = await shownAt(name, speed)
      if (slow !== undefined) {
        const known = slow
        const refused = fast.filter(({ sequenceHeader }) => sequenceHeader !== known[0]?.sequenceHeader).length
        const doubted = fast.filter((one) => isOther(one, known)).length
        const honest = known.filter((one) => isOther(one, known.slice(0, 1))).length
        console.log(`| ${name} \`--${flag}=${speed}\` for ${speeds[at - 1]} | ${refused} | ${doubted} | ${honest} |`)
      }
      slow = fast
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
