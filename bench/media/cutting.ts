import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { execa } from 'execa'
import { z } from 'zod'
import { formatTable } from '../../src/node/cli/format.ts'
import { median } from '../median.ts'
import { buildFilm, timeProgram } from '../film-clip.ts'

/** What it takes to find the scenes of a film of ten minutes, cut its pieces and prove each, and how many are copies of the stream. */
const { values } = parseArgs({
  options: { reps: { type: 'string', default: '3' }, seconds: { type: 'string', default: '600' } }
})
const { reps, seconds } = z
  .object({ reps: z.coerce.number().int().min(1), seconds: z.coerce.number().min(4) })
  .parse(values)
const child = join(import.meta.dirname, '../prepare-child.ts')

/** How many pieces there are, and how many of them are copies of the stream: a lossless one has x264's lossless profile or is FFV1. */
async function countPieces(workDir: string): Promise<{ pieces: number; copies: number }> {
  const files = (await readdir(workDir)).filter((name) => name.startsWith('piece-'))
  let copies = 0
  for (const name of files) {
    const show = ['-v', 'error', '-show_entries', 'stream=codec_name,profile', '-of', 'csv=p=0', join(workDir, name)]
    const { stdout } = await execa('ffprobe', show)
    if (!/ffv1|High 4:4:4 Predictive/.test(stdout)) copies += 1
  }
  return { pieces: files.length, copies }
}

const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
try {
  const { path, frames } = await buildFilm(folder, seconds)
  const decode = ['-v', 'error', '-nostdin', '-i', path, '-map', '0:v:0', '-f', 'null', '-']
  const all: { wall: number; cpu: number; ratio: number }[] = []
  let made = { pieces: 0, copies: 0 }
  for (let run = 0; run < reps; run += 1) {
    const workDir = join(folder, `work-${run}`)
    const plain = await timeProgram('ffmpeg', decode)
    const { wall, cpu } = await timeProgram(process.execPath, [child, path, workDir])
    all.push({ wall, cpu, ratio: cpu / plain.cpu })
    made = await countPieces(workDir)
    await rm(workDir, { recursive: true })
  }
  const { pieces, copies } = made
  const middle = (of: 'wall' | 'cpu' | 'ratio'): string => median(all.map((one) => one[of])).toFixed(2)
  console.log(
    `${frames} frames of 320x180 (${seconds} s), ${pieces} pieces, ${copies} of them copies of the stream; median of ${reps}`
  )
  console.log(
    formatTable([
      ['wall s', 'CPU s', 'CPU to a decode'],
      [middle('wall'), middle('cpu'), middle('ratio')]
    ])
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}
