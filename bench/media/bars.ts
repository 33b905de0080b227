import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBars, prepareSource, probeSource, type SourceInfo } from '../../src/encode/index.ts'
import { cropWord } from '../../src/encode/rules/index.ts'
import { formatTable } from '../../src/node/cli/format.ts'
import { CONGO, ffmpeg, FLOWERS, OCEAN } from '../../test/fixtures/encode-clips.ts'
import { cpuOf } from '../child-cpu.ts'

// What measuring the black bars costs beside the analysis of the same film, and whether it finds the truth: natural clips that are made smaller and get bars, as x264 encodes them.
const signal = AbortSignal.timeout(1_200_000)
const FRAMES = 240
/** A clip is played so often: in a film that is long enough one frame a second is measured. */
const TIMES = 20

/** A clip, the size of the film, and where its picture is. */
const FILMS = [
  { name: 'ocean', clip: OCEAN, size: '1280x720', crop: '1280:536:0:92' },
  { name: 'flowers', clip: FLOWERS, size: '1280x720', crop: '960:720:160:0' },
  { name: 'congo', clip: CONGO, size: '1920x1080', crop: '1440:800:240:140' }
]

async function analyse(source: SourceInfo, workDir: string): Promise<void> {
  const input = { source, scenes: { minFrames: 24, maxFrames: 240, threshold: undefined }, workDir }
  const events = prepareSource({ ...input, skipPiece: () => true, planOnly: true, onProgress: () => {} }, { signal })
  for await (const _ of events);
}

const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
const rows = [['clip', 'size', 'truth', 'found', 'frames', 'analysis s', 'bars s', 'share']]
try {
  for (const { name, clip, size, crop } of FILMS) {
    const [once, file] = [join(folder, 'once.mkv'), join(folder, 'film.mkv')]
    const [width, height, x, y] = crop.split(':')
    const made = `scale=${width}:${height},setsar=1,pad=${size.replace('x', ':')}:${x}:${y}`
    const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '22']
    await ffmpeg('-y', '-i', clip, '-an', '-vf', made, '-frames:v', String(FRAMES), ...x264, once)
    await ffmpeg('-y', '-stream_loop', String(TIMES - 1), '-i', once, '-c', 'copy', file)
    const source = await probeSource(file, { signal })
    const { seconds: bars, value } = await cpuOf(async () => findBars({ source, deinterlace: false }, { signal }))
    const { seconds: analysis } = await cpuOf(async () => analyse(source, folder))
    const found = value.crop === undefined ? 'none' : cropWord(value.crop)
    const share = (bars / analysis).toFixed(2)
    rows.push([name, size, crop, found, String(value.frames), analysis.toFixed(2), bars.toFixed(2), share])
    console.error(rows.at(-1)?.join(' | '))
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
console.log(formatTable(rows).trimEnd())
