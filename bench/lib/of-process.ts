import { readFile } from 'node:fs/promises'

/** Linux counts in hundredths of a second, whatever its own clock. */
const TICKS_A_SECOND = 100

async function lineOf(file: string, field: string): Promise<number> {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(await readFile(file, 'utf8'))?.[1]
  if (kib === undefined) throw new Error(`${file} has no ${field}`)
  return Number(kib) / 1000
}

/** Memory of a process now, the most that it had, or now without the files that it has mapped; MB of 1,000 KiB. */
export const memoryMb = async (pid: number, field: 'VmRSS' | 'VmHWM' | 'RssAnon'): Promise<number> =>
  lineOf(`/proc/${pid}/status`, field)

/** Memory of a process, in which a page that several share counts for each of them in part; MB of 1,000 KiB. */
export const shareMb = async (pid: number): Promise<number> => lineOf(`/proc/${pid}/smaps_rollup`, 'Pss')

/** Seconds of processor time that a process has taken itself, without its children. */
export async function processorSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number)
  return (user + system) / TICKS_A_SECOND
}
