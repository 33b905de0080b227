import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { formatTable } from '../../src/node/cli/format.ts'
import { median } from '../median.ts'
import { buildFilm, timeProgram } from '../film-clip.ts'

/** How fast scenes are found, against a plain decode and ffmpeg's own detector on the same clip. */
const { values } = parseArgs({
  options: { reps: { type: 'string', default: '3' }, seconds: { type: 'string', default: '120' } }
})
const { reps, seconds } = z
  .object({ reps: z.coerce.number().int().min(1), seconds: z.coerce.number().min(4) })
  .parse(values)
const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
try {
  const { path, frames } = await buildFilm(folder, seconds)
  const decode = ['-v', 'error', '-nostdin', '-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough']
  const child = join(import.meta.dirname, '../prepare-child.ts')
  const ways: Readonly<Record<string, () => ReturnType<typeof timeProgram>>> = {
    'plain decode': () => timeProgram('ffmpeg', [...decode, '-f', 'null', '-']),
    'ffmpeg scdet': () => timeProgram('ffmpeg', [...decode, '-vf', 'scdet=t=10', '-f', 'null', '-']),
    'grav1 analysis': () => timeProgram(process.execPath, [child, path, join(folder, 'work'), 'plan'])
  }
  const cpu: Record<string, number[]> = {}
  for (let run = 0; run < reps; run += 1) {
    for (const [name, time] of Object.entries(ways)) (cpu[name] ??= []).push((await time()).cpu)
  }
  const base = median(cpu['plain decode'] ?? [])
  const rows = Object.entries(cpu).map(([name, all]) => {
    const middle = median(all)
    return [name, middle.toFixed(2), (frames / middle).toFixed(0), (middle / base).toFixed(2)]
  })
  console.log(`${frames} frames of 320x180, median of ${reps}`)
  console.log(formatTable([['', 'CPU s', 'frames a CPU s', 'to a decode'], ...rows]))
} finally {
  await rm(folder, { recursive: true, force: true })
}
