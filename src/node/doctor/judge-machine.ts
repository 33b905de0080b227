import { assertNever } from '../../common/assert-never.ts'
import { formatBytes } from '../../common/text.ts'
import { DISK_RESERVE_BYTES } from '../../storage/index.ts'
import type { ClockFacts, MachineFacts } from './facts.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

const GIB = 2 ** 30
/** Room for the pieces and the result of a film. */
const ROOMY_BYTES = 10 * GIB
/** Certificates and dates in lists suffer from more. */
const CLOCK_MS_MAX = 60_000

function disk({ dataDir, freeBytes }: MachineFacts): Finding {
  const elsewhere = 'grav1 node --data-dir <folder on a larger disk>'
  if (freeBytes === undefined)
    return problem('disk', `${dataDir} cannot be written`, `chown -R "$(id -un)" ${dataDir}, or ${elsewhere}`)
  const free = `${formatBytes(freeBytes)} free in ${dataDir}`
  if (freeBytes < DISK_RESERVE_BYTES * 2)
    return problem('disk', `${free}, too little for a node to take work`, elsewhere)
  return freeBytes < ROOMY_BYTES
    ? warning('disk', `${free}, which is little for a long film`, elsewhere)
    : ok('disk', free)
}

function memory({ memoryBytes, slots, scenesInMemory }: MachineFacts): Finding {
  const has = `${formatBytes(memoryBytes)} for ${slots} ${slots === 1 ? 'scene' : 'scenes'} at once`
  if (slots <= Math.max(1, scenesInMemory)) return ok('memory', has)
  const fit = Math.max(1, scenesInMemory)
  return warning('memory', `${has}, enough for ${fit} of 1080p with aomenc`, `grav1 workers ${fit}`)
}

function sandbox({ sandbox: found, sandboxInstall }: MachineFacts): Finding {
  if (found.type === 'boxed') return ok('sandbox', `programs run in ${found.sandbox.name}`)
  const { code } = found
  const words = `${found.words}; a node here works only with peers that it trusts by name`
  switch (code) {
    case 'system':
      return ok('sandbox', words)
    case 'off':
      return warning('sandbox', words, 'grav1 node --sandbox auto')
    case 'missing':
      return warning('sandbox', words, sandboxInstall)
    case 'refused':
      return warning('sandbox', words, 'sysctl kernel.unprivileged_userns_clone=1 (or the like: allow user namespaces)')
    default:
      return assertNever(code)
  }
}

const seconds = (ms: number): string => `${Math.round(Math.abs(ms) / 1000)} s`

function clock({ isKept, behindFilesMs, aheadOfNodeMs = 0 }: ClockFacts): Finding {
  const mend = 'timedatectl set-ntp true, or set the date by hand'
  if (behindFilesMs > CLOCK_MS_MAX)
    return warning('clock', `a file in the data folder is ${seconds(behindFilesMs)} newer than the clock says`, mend)
  if (Math.abs(aheadOfNodeMs) > CLOCK_MS_MAX)
    return warning('clock', `${seconds(aheadOfNodeMs)} ${aheadOfNodeMs > 0 ? 'ahead of' : 'behind'} the node's`, mend)
  if (isKept === false) return warning('clock', 'no time server sets it', mend)
  return ok('clock', isKept === undefined ? new Date().toISOString() : 'kept by a time server')
}

export const machineFindings = (facts: MachineFacts): Finding[] => [
  ok('Node', facts.nodeVersion),
  sandbox(facts),
  disk(facts),
  memory(facts),
  clock(facts.clock)
]
