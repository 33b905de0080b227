import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { whyMissing } from './needs.ts'
import { enterNamespaces, isInside, prepareLoopback } from './namespaces.ts'
import { faultFilm, type FilmKind } from './film.ts'
import { type Outcome, runFault } from './run-fault.ts'
import { faultRow, FAULTS, NO_FAULT } from './table.ts'
import type { Fault } from './fault.ts'

const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache/grav1-test')
const LOGS = join(CACHE, 'faults')

/** Faults that were asked for, and how long their film is. */
interface Chosen {
  readonly faults: readonly Fault[]
  readonly extent: 'all' | 'gate'
}

const HELP = `npm run test:faults -- [--only <name>]... [--gate] [--list]

  --only <name>   one fault, or those whose names begin like this
  --gate          the few that run before each merge
  --list          the rows of docs/reliability.md; runs nothing

Exit code: 0 every promise held, 1 one did not, 2 the arguments make no sense.`

interface Counts {
  passed: number
  failed: number
  skipped: number
}

/** The faults that were asked for; or what to print instead of running them. */
function chosen(): Chosen | { readonly text: string; readonly exitCode: 0 | 2 } {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      gate: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false }
    }
  })
  if (values.help) return { text: HELP, exitCode: 0 }
  if (values.list) return { text: FAULTS.map(faultRow).join('\n'), exitCode: 0 }
  const { only, gate } = values
  const faults = FAULTS.filter(
    ({ name, inGate }) =>
      (!gate || inGate === true) && (only.length === 0 || only.some((start) => name.startsWith(start)))
  )
  return faults.length > 0
    ? { faults, extent: gate ? 'gate' : 'all' }
    : { text: `no fault is called ${only.join(' or ')}\n\n${HELP}`, exitCode: 2 }
}

async function report({ name, broken, seconds, printed }: Outcome, normalSeconds: number): Promise<void> {
  const took = `${seconds.toFixed(1)} s, ${(seconds / normalSeconds).toFixed(2)} times`
  console.log(`${broken.length === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(28)} ${took}`)
  for (const what of broken) console.log(`     ${what}`)
  if (printed === '') return
  const file = join(LOGS, `${name}.log`)
  await mkdir(LOGS, { recursive: true })
  await writeFile(file, printed)
  console.log(`     what its nodes printed: ${file}`)
}

/** Runs the faults of one kind of film, and first the film without a fault. */
async function runWith(kind: FilmKind, { faults, extent }: Chosen, counts: Counts): Promise<void> {
  const film = await faultFilm(kind, extent)
  const isAlone = isInside()
  const normal = await runFault(NO_FAULT, { film, expected: undefined, isAlone })
  await report(normal, normal.seconds)
  if (normal.broken.length > 0) {
    counts.failed += faults.length
    return
  }
  for (const fault of faults) {
    const why = await whyMissing(fault.needs ?? [])
    if (why !== undefined) {
      counts.skipped += 1
      console.log(`SKIP ${fault.name.padEnd(28)} ${why}`)
      continue
    }
    const outcome = await runFault(fault, { film, expected: normal.sha256, isAlone })
    await report(outcome, normal.seconds)
    counts[outcome.broken.length === 0 ? 'passed' : 'failed'] += 1
  }
}

/** @returns how many failed */
async function runAll({ faults, extent }: Chosen): Promise<number> {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 }
  for (const kind of ['small', 'heavy'] as const) {
    const those = faults.filter(({ film = 'small' }) => film === kind)
    if (those.length > 0) await runWith(kind, { faults: those, extent }, counts)
  }
  console.log(`faults: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  return counts.failed
}

// The nodes find their modules compiled, as those of other tests do.
process.env['NODE_COMPILE_CACHE'] ??= join(CACHE, 'compiled')

// `ip` and `nft` lie where an ordinary user does not look.
process.env['PATH'] = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`

const wanted = chosen()
if ('text' in wanted) {
  process.exitCode = wanted.exitCode
  if (wanted.exitCode === 0) console.log(wanted.text)
  else console.error(wanted.text)
} else {
  const code = await enterNamespaces()
  if (isInside()) prepareLoopback()
  process.exitCode = code ?? ((await runAll(wanted)) === 0 ? 0 : 1)
}
