import { mkdtemp, rm } from 'node:fs/promises'
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
const said = z.object({ frames: z.number(), pieces: z.number(), copies: z.number() })
const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
try {
  const { path, frames } = await buildFilm(folder, seconds)
  const decode = ['-v', 'error', '-nostdin', '-i', path, '-map', '0:v:0', '-f', 'null', '-']
  const all: { wall: number; cpu: number; ratio: number }[] = []
  for (let run = 0; run < reps; run += 1) {
    const plain = await timeProgram('ffmpeg', decode)
    const cut = await timeProgram(process.execPath, [child, path, join(folder, `work-${run}`)])
    all.push({ ...cut, ratio: cut.cpu / plain.cpu })
    if (run < reps - 1) await rm(join(folder, `work-${run}`), { recursive: true })
  }
  const { stderr } = await execa(process.execPath, [child, path, join(folder, 'last')])
  const { pieces, copies } = said.parse(JSON.parse(stderr))
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
