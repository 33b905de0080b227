import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { knownDifference } from '../scripts/machines/known.ts'
import { encodedHash, type MovingScene, prepareScene, versionOf } from '../scripts/machines/measure.ts'
import { ensureNeeds } from '../scripts/machines/needs.ts'
import { type Sample, SAMPLES } from '../scripts/machines/samples.ts'
import { findSystems, type Release, RELEASES } from '../scripts/machines/systems.ts'
import { type SystemPrograms, type Variant, VARIANTS, variantsOf, writeSystem } from '../scripts/machines/variants.ts'

// Which bytes each encoder version makes of one scene: with other numbers of threads, without SIMD, on arm64. Prints Markdown, writes JSON beside it.
// `npm run bench:determinism -- sid` measures one release, `-- --native` leaves out arm64, which takes most of the time.

interface Row {
  readonly encoder: string
  readonly version: string
  readonly params: string
  readonly sha256: string
  /** Hashes of the variants that were run. */
  readonly variants: Readonly<Partial<Record<Variant, string>>>
}

const output = resolve(import.meta.dirname, '../demo-output/determinism.json')

const escape = (text: string): string => text.replaceAll('|', String.raw`\|`)

function cell({ sha256, variants, ...row }: Row, sample: Sample, variant: Variant): string {
  const hash = variants[variant]
  if (hash === undefined) return '-'
  if (hash === sha256) return 'equal'
  return knownDifference(sample, variant, row.version) === undefined ? '**OTHER**' : 'other, known'
}

const line = (row: Row, sample: Sample): string =>
  `| ${row.encoder} ${row.version} | \`${escape(row.params)}\` | ${VARIANTS.map((variant) => cell(row, sample, variant)).join(' | ')} | ${row.sha256.slice(0, 8)} |`

async function measure(sample: Sample, programs: SystemPrograms, scene: MovingScene, run: Init): Promise<Row> {
  const { encoder, params } = sample
  const version = await versionOf(programs.plain, sample, run.signal)
  const sha256 = await encodedHash(programs.plain, sample, scene, { ...run, threads: 1 })
  const variants: Partial<Record<Variant, string>> = {}
  for (const variant of variantsOf(sample)) {
    if (variant === 'arm64' && given.values.native) continue
    const { programs: others, threads } = programs.of(variant)
    variants[variant] = await encodedHash(others, sample, scene, { ...run, threads })
  }
  return { encoder, version, params, sha256, variants }
}

const given = parseArgs({ options: { native: { type: 'boolean', default: false } }, allowPositionals: true })

/** Releases of the command line, or all. */
function named(): readonly Release[] {
  const words = given.positionals
  const unknown = words.filter((word) => !RELEASES.some((release) => release === word))
  if (unknown.length > 0) throw new RangeError(`there is no ${unknown.join(', ')}; there are ${RELEASES.join(', ')}`)
  return words.length === 0 ? RELEASES : RELEASES.filter((release) => words.includes(release))
}

interface Init {
  readonly folder: string
  readonly signal: AbortSignal
}

async function main(init: Init): Promise<void> {
  const scene = await prepareScene(init.folder, init.signal)
  const rows: Row[] = []
  console.log(
    `| encoder | parameters | ${VARIANTS.join(' | ')} | sha-256 |\n| --- | --- |${' --- |'.repeat(VARIANTS.length + 1)}`
  )
  for (const system of await findSystems(init.folder, init.signal, named())) {
    const programs = await writeSystem(system, init.folder)
    for (const sample of SAMPLES) {
      const row = await measure(sample, programs, scene, init)
      rows.push(row)
      console.log(line(row, sample))
    }
  }
  await mkdir(resolve(output, '..'), { recursive: true })
  await writeFile(output, `${JSON.stringify(rows, undefined, 2)}\n`)
  console.error(`determinism: all hashes are in ${relative(process.cwd(), output)}`)
}

const stopped = new AbortController()
// Not once: where nobody listens any more execa's own listener ends the process, before anything is tidied up.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => stopped.abort(new Error(`stopped by ${name}`)))
}
try {
  await ensureNeeds({ arm64: true })
  const folder = await mkdtemp('/tmp/grav1-machines-')
  try {
    await main({ folder, signal: stopped.signal })
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
} catch (error) {
  console.error(`determinism: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
