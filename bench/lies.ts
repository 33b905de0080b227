import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import {
  encodeScene,
  prepareSource,
  probeSource,
  verifySegment,
  type PreparedScene,
  type SourceInfo
} from '../src/encode/index.ts'
import { ENCODERS, type EncoderName } from '../src/encode/rules/index.ts'
import { oddity, suspicion } from '../src/node/owner/suspicion.ts'
import { makeBase } from '../test/fixtures/encode-clips.ts'

const signal = AbortSignal.timeout(3_600_000)
const SCENE_FRAMES = 18

/** What a worker should do, and what it does instead: other parameters, or a filter before the encoder. */
const ENCODES: Readonly<
  Record<'aom' | 'vp9' | 'svt', { readonly params: string; readonly faster: string; readonly coarser: string }>
> = {
  aom: {
    params: '--cpu-used=6 --end-usage=q --cq-level=25 --lag-in-frames=17',
    faster: '--cpu-used=8 --end-usage=q --cq-level=25 --lag-in-frames=17',
    coarser: '--cpu-used=6 --end-usage=q --cq-level=30 --lag-in-frames=17'
  },
  vp9: {
    params: '--cpu-used=2 --end-usage=q --cq-level=25 --lag-in-frames=17 --auto-alt-ref=1',
    faster: '--cpu-used=5 --end-usage=q --cq-level=25 --lag-in-frames=17 --auto-alt-ref=1',
    coarser: '--cpu-used=2 --end-usage=q --cq-level=30 --lag-in-frames=17 --auto-alt-ref=1'
  },
  svt: { params: '--preset=8 --crf=25', faster: '--preset=12 --crf=25', coarser: '--preset=8 --crf=32' }
}

const FILTERS: Readonly<Record<string, string>> = {
  'a blur': 'gblur=sigma=0.8',
  'a strong blur': 'gblur=sigma=2',
  'half the size': 'scale=iw/2:-2,scale=160:90',
  'half the frames': 'setpts=N/24/TB,fps=12,fps=24',
  'a shift by a frame': 'loop=loop=1:size=1:start=0,setpts=N/24/TB',
  'a logo': 'drawbox=x=130:y=4:w=24:h=10:color=white@0.6:t=fill',
  'no colour': 'lutyuv=u=128:v=128'
}

interface Clip {
  readonly source: SourceInfo
  readonly scenes: readonly PreparedScene[]
}

async function prepared(file: string, workDir: string): Promise<Clip> {
  const source = await probeSource(file, { signal })
  const scenes: PreparedScene[] = []
  const lengths = { minFrames: SCENE_FRAMES, maxFrames: SCENE_FRAMES, threshold: 255 }
  const input = { source, scenes: lengths, workDir, skipPiece: () => false, onProgress: () => {}, onWarning: () => {} }
  for await (const event of prepareSource(input, { signal })) if (event.type === 'scene') scenes.push(event.scene)
  return { source, scenes }
}

const folder = await mkdtemp(join(tmpdir(), 'grav1-lies-'))
const fresh = async (): Promise<string> => mkdtemp(join(folder, 'w-'))

/** How an owner meets a scene that was encoded like this. */
async function met(
  name: EncoderName,
  of: Clip,
  at: number,
  cheat: { readonly params: string; readonly filter?: string | undefined }
) {
  const encoder = ENCODERS[name]
  const scene = of.scenes[at]
  if (scene === undefined) throw new RangeError(`no scene ${at}`)
  let pieceFile = scene.pieceFile
  let skip = scene.skip
  if (cheat.filter !== undefined) {
    pieceFile = join(await fresh(), 'other.mkv')
    const take = `trim=start_frame=${scene.skip}:end_frame=${scene.skip + scene.frames},setpts=N/24/TB,${cheat.filter},trim=end_frame=${scene.frames}`
    await execa('ffmpeg', [
      '-v',
      'error',
      '-i',
      scene.pieceFile,
      '-vf',
      take,
      '-fps_mode',
      'passthrough',
      '-c:v',
      'libx264',
      '-qp',
      '0',
      '-preset',
      'ultrafast',
      pieceFile
    ])
    skip = 0
  }
  const { video } = of.source
  const given = { encoder: name, video, frames: scene.frames }
  const { file } = await encodeScene(
    {
      ...given,
      pieceFile,
      skip,
      inputHash: undefined,
      params: encoder.parseParams(cheat.params),
      threads: 1,
      nice: 19,
      workDir: await fresh(),
      onProgress: () => {}
    } as never,
    { signal }
  )
  const params = encoder.parseParams(ENCODES[name as 'aom'].params)
  const found = await verifySegment({ ...given, file, params, bitDepth: video.bitDepth, source: scene }, { signal })
  return found.frames?.breach !== undefined
    ? 'refused'
    : suspicion(found.likeness) !== undefined || oddity(found) !== undefined
      ? 'proved'
      : 'unseen'
}

try {
  const clip = await prepared(await makeBase(folder), await fresh())
  const count = clip.scenes.length
  console.log(`| of ${count} scenes with | ${Object.keys(ENCODES).join(' | ')} |`)
  const cheats: [string, (name: 'aom' | 'vp9' | 'svt') => { readonly params: string; readonly filter?: string }][] = [
    ['nothing wrong', (name) => ({ params: ENCODES[name].params })],
    ['a faster speed', (name) => ({ params: ENCODES[name].faster })],
    ['a coarser quantiser', (name) => ({ params: ENCODES[name].coarser })],
    ...Object.entries(FILTERS).map(
      ([what, filter]): [
        string,
        (name: 'aom' | 'vp9' | 'svt') => { readonly params: string; readonly filter?: string }
      ] => [what, (name) => ({ params: ENCODES[name].params, filter })]
    )
  ]
  for (const [what, cheat] of cheats) {
    const cells: string[] = []
    for (const name of ['aom', 'vp9', 'svt'] as const) {
      const seen = { refused: 0, proved: 0, unseen: 0 }
      for (let at = 0; at < count; at += 1) seen[await met(name, clip, at, cheat(name))] += 1
      cells.push(`${seen.refused} refused, ${seen.proved} proved`)
    }
    console.log(`| ${what} | ${cells.join(' | ')} |`)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
