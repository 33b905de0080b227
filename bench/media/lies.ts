import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { encodeScene, type PreparedScene, verifySegment } from '../../src/encode/index.ts'
import { ENCODERS, oddity, suspicion } from '../../src/encode/rules/index.ts'
import { type PreparedClip, preparedClip } from '../prepared-clip.ts'
import { makeBase } from '../../test/fixtures/encode-clips.ts'

const signal = AbortSignal.timeout(3_600_000)
const SCENE_FRAMES = 18

type Name = 'aom' | 'vp9' | 'svt'
const NAMES: readonly Name[] = ['aom', 'vp9', 'svt']

/** What workers are asked for, and what they use instead. */
const PARAMS: Readonly<Record<Name, Readonly<Record<'asked' | 'faster' | 'coarser', string>>>> = {
  aom: {
    asked: '--cpu-used=6 --end-usage=q --cq-level=25 --lag-in-frames=17',
    faster: '--cpu-used=8 --end-usage=q --cq-level=25 --lag-in-frames=17',
    coarser: '--cpu-used=6 --end-usage=q --cq-level=30 --lag-in-frames=17'
  },
  vp9: {
    asked: '--cpu-used=2 --end-usage=q --cq-level=25 --lag-in-frames=17 --auto-alt-ref=1',
    faster: '--cpu-used=5 --end-usage=q --cq-level=25 --lag-in-frames=17 --auto-alt-ref=1',
    coarser: '--cpu-used=2 --end-usage=q --cq-level=30 --lag-in-frames=17 --auto-alt-ref=1'
  },
  svt: { asked: '--preset=8 --crf=25', faster: '--preset=12 --crf=25', coarser: '--preset=8 --crf=32' }
}

/** Other parameters, or a filter before the encoder. */
interface Cheat {
  readonly params: 'asked' | 'faster' | 'coarser'
  readonly filter?: string
}

const CHEATS: Readonly<Record<string, Cheat>> = {
  nothing: { params: 'asked' },
  'a faster speed': { params: 'faster' },
  'a coarser quantiser': { params: 'coarser' },
  'a weak blur': { params: 'asked', filter: 'gblur=sigma=0.8' },
  'a strong blur': { params: 'asked', filter: 'gblur=sigma=2' },
  'half the size': { params: 'asked', filter: 'scale=iw/2:-2,scale=160:90' },
  'half the frames': { params: 'asked', filter: 'fps=12,fps=24' },
  'a shift by a frame': { params: 'asked', filter: 'loop=loop=1:size=1:start=0,setpts=N/24/TB' },
  'a logo': { params: 'asked', filter: 'drawbox=x=130:y=4:w=24:h=10:color=white@0.6:t=fill' },
  'no colour': { params: 'asked', filter: 'lutyuv=u=128:v=128' }
}

/** Sequence headers of what was asked for, as the owner's own encode has them. */
const headers = new Map<Name, string>()

const LENGTHS = { minFrames: SCENE_FRAMES, maxFrames: SCENE_FRAMES, threshold: 255 }

const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
const fresh = async (): Promise<string> => mkdtemp(join(folder, 'w-'))

/** The scene as it is after a filter. */
async function filtered({ pieceFile, skip, frames }: PreparedScene, filter: string): Promise<PreparedScene> {
  const file = join(await fresh(), 'piece.mkv')
  const take = `trim=start_frame=${skip}:end_frame=${skip + frames},setpts=N/24/TB,${filter},trim=end_frame=${frames}`
  const exact = ['-fps_mode', 'passthrough', '-c:v', 'libx264', '-qp', '0', '-preset', 'ultrafast']
  await execa('ffmpeg', ['-v', 'error', '-i', pieceFile, '-vf', take, ...exact, file])
  const [other] = (await preparedClip(file, await fresh(), LENGTHS, signal)).scenes
  if (other === undefined || other.frames !== frames) throw new RangeError('the filter changed the number of frames')
  return other
}

/** What an owner does with the result of a worker that it would not prove otherwise. */
async function met(
  name: Name,
  { source, scenes }: PreparedClip,
  at: number,
  cheat: Cheat
): Promise<'refused' | 'proved' | 'unseen'> {
  const scene = scenes[at]
  if (scene === undefined) throw new RangeError(`no scene ${at}`)
  const { video } = source
  const { frames } = scene
  const { pieceFile, skip, inputHash } = cheat.filter === undefined ? scene : await filtered(scene, cheat.filter)
  const { file } = await encodeScene(
    {
      encoder: name,
      video,
      frames,
      pieceFile,
      skip,
      inputHash,
      params: ENCODERS[name].parseParams(PARAMS[name][cheat.params]),
      threads: 1,
      nice: 19,
      workDir: await fresh(),
      onProgress: () => {}
    },
    { signal }
  )
  const params = ENCODERS[name].parseParams(PARAMS[name].asked)
  const found = await verifySegment(
    { encoder: name, video, frames, file, params, bitDepth: video.bitDepth, source: scene },
    { signal }
  )
  if (cheat === CHEATS['nothing']) headers.set(name, found.sequenceHeader)
  if (found.frames?.breach !== undefined || found.sequenceHeader !== headers.get(name)) return 'refused'
  return (suspicion(found.likeness) ?? oddity(found)) === undefined ? 'unseen' : 'proved'
}

// How many results of cheating workers an owner finds without a proof that is drawn at random.
try {
  const clip = await preparedClip(await makeBase(folder), await fresh(), LENGTHS, signal)
  const count = clip.scenes.length
  console.log(`| of ${count} scenes | ${NAMES.join(' | ')} |`)
  console.log(`| --- | ${NAMES.map(() => '---').join(' | ')} |`)
  for (const [what, cheat] of Object.entries(CHEATS)) {
    const cells: string[] = []
    for (const name of NAMES) {
      const seen = { refused: 0, proved: 0, unseen: 0 }
      for (let at = 0; at < count; at += 1) seen[await met(name, clip, at, cheat)] += 1
      cells.push(
        seen.refused + seen.proved === 0 ? '-' : seen.refused > 0 ? `${seen.refused} refused` : `${seen.proved} proved`
      )
    }
    console.log(`| ${what} | ${cells.join(' | ')} |`)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
