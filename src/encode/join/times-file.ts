import { open } from 'node:fs/promises'

/** A number of milliseconds as mkvmerge reads it, without an exponent. */
const milliseconds = (value: number): string => String(Number(value.toFixed(6)))

const TIMES_PER_WRITE = 10_000

/** Writes the time of each packet of a track as mkvmerge's `--timestamps` reads it: one line a packet, a part of them at a time. */
export async function writeTimes(file: string, timesMs: readonly number[]): Promise<void> {
  const target = await open(file, 'w')
  try {
    await target.writeFile('# timestamp format v2\n')
    for (let at = 0; at < timesMs.length; at += TIMES_PER_WRITE) {
      const lines = timesMs.slice(at, at + TIMES_PER_WRITE).map((time) => `${milliseconds(time)}\n`)
      await target.writeFile(lines.join(''))
    }
  } finally {
    await target.close()
  }
}
