import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { parseArgs } from 'node:util'
import { execa } from 'execa'
import { z } from 'zod'
import { runProcess } from '../src/encode/programs/process.ts'
import { chooseSandbox, type SandboxMode } from '../src/platform/index.ts'
import { median } from './median.ts'

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '9' },
    starts: { type: 'string', default: '100' },
    frames: { type: 'string', default: '60' },
    speed: { type: 'string', default: '6' }
  }
})
const count = z.coerce.number().int().min(1)
const [pairs, starts, frames, speed] = [values.pairs, values.starts, values.frames, values.speed].map((text) =>
  count.parse(text)
)
const signal = AbortSignal.timeout(3_600_000)

/** An aomenc that tells the processor time that it took, which what else the machine does hardly changes. */
async function timedEncoder(folder: string): Promise<void> {
  await writeFile(join(folder, 'timed'), '#!/bin/sh\naomenc "$@"\nended=$?\ntimes\nexit $ended\n')
  await chmod(join(folder, 'timed'), 0o755)
  process.env['PATH'] = `${folder}${delimiter}${process.env['PATH'] ?? ''}`
}

/** Seconds of processor time of the encoder, user and system: the second line of what `times` of a shell prints. */
async function encodeSeconds(source: string, output: string): Promise<number> {
  const args = ['--ivf', '--passes=2', `--cpu-used=${speed}`, '--threads=1', '--end-usage=q', '--cq-level=30']
  const stats = `${output}.stats`
  const given = { reads: [source], writes: [output, stats] }
  const { code, stdout, stderrTail } = await runProcess('timed', [...args, `--fpf=${stats}`, '-o', output, source], {
    signal,
    ...given
  })
  const told = [...(stdout.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)]
  if (code !== 0 || told.length !== 2) throw new Error(`the encode failed: ${stderrTail}`)
  return told.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0)
}

async function startSeconds(): Promise<number> {
  const began = performance.now()
  await runProcess('true', [], { signal })
  return (performance.now() - began) / 1000
}

/** The same with and without a sandbox, in turn, so that what else the machine does meets both. */
async function paired(runs: number, measure: () => Promise<number>): Promise<{ boxed: number[]; plain: number[] }> {
  const [boxed, plain]: [number[], number[]] = [[], []]
  for (let run = 0; run < runs; run += 1) {
    const order: readonly SandboxMode[] = run % 2 === 0 ? ['require', 'off'] : ['off', 'require']
    for (const mode of order) {
      chooseSandbox(mode)
      ;(mode === 'off' ? plain : boxed).push(await measure())
    }
  }
  return { boxed, plain }
}

async function bench(folder: string): Promise<void> {
  const found = chooseSandbox('require')
  if (found.type === 'none') throw new Error(found.words)
  await timedEncoder(folder)
  const [source, output] = [join(folder, 'clip.y4m'), join(folder, 'out.ivf')]
  await execa('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=640x360', '-frames:v', String(frames), source])
  const { boxed, plain } = await paired(pairs ?? 0, async () => encodeSeconds(source, output))
  const ratios = boxed.map((seconds, n) => seconds / (plain[n] ?? 0))
  console.log(`aomenc --cpu-used=${speed}, ${frames} frames of 640x360, two passes, ${pairs} pairs of runs`)
  console.log(`processor time of an encode without the sandbox: ${median(plain).toFixed(2)} s (median)`)
  const least = Math.min(...boxed) / Math.min(...plain)
  console.log(
    `with it: ${median(ratios).toFixed(4)} times (median of pairs), ${least.toFixed(4)} times (least of each)`
  )
  const started = await paired(starts ?? 0, startSeconds)
  const ms = (list: readonly number[]): string => (median(list) * 1000).toFixed(1)
  console.log(
    `a start takes ${ms(started.boxed)} ms with the sandbox, ${ms(started.plain)} without (medians of ${starts})`
  )
}

const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
try {
  await bench(folder)
} finally {
  await rm(folder, { recursive: true, force: true })
}
