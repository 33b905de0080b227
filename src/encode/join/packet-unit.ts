import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FFMPEG_QUIET } from '../programs/decode.ts'
import { expectSuccess, runProcess, startProcess } from '../programs/process.ts'
import { askOnce } from '../programs/program-facts.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Ticks of a Matroska file that ffmpeg writes. */
export const MATROSKA_TICKS_PER_SECOND = 1000

/** Shifts copied audio by "a second" and looks where it is. */
async function tryUnit(folder: string, options: RunOptions): Promise<boolean> {
  const file = join(folder, `second-${randomUUID()}.mkv`)
  const silence = ['-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=mono', '-t', '0.1', '-c:a', 'copy']
  const later = ['-bsf:a', 'setts=pts=PTS+1/TB:dts=DTS+1/TB', '-avoid_negative_ts', 'disabled']
  try {
    const args = [...FFMPEG_QUIET, '-y', ...silence, ...later, '-f', 'matroska', `file:${file}`]
    expectSuccess(await startProcess('ffmpeg', args, { ...options, writes: [file] }).ended, 'ffmpeg', 'join-failed')
    const show = ['-v', 'error', '-show_entries', 'packet=pts_time', '-read_intervals', '%+#1', '-of', 'csv=p=0']
    const { stdout } = await runProcess('ffprobe', [...show, `file:${file}`], { ...options, reads: [file] })
    return Math.abs(Number.parseFloat(stdout) - 1) < 0.5
  } finally {
    await rm(file, { force: true })
  }
}

/**
 * A tick of the times in ffmpeg's expressions about copied packets, in seconds, as text for these expressions.
 * Times are in ticks of the output. ffmpeg 5.1 says of what it copies `TB` for the input's tick; newer ffmpeg tells the right one. It is asked, with a moment of silence.
 * @param ticksPerSecond of the output
 * @param folder for a file in between
 */
export async function packetUnit(ticksPerSecond: number, folder: string, options: RunOptions): Promise<string> {
  const isTold = await askOnce('ffmpeg', 'packet unit', async () => tryUnit(folder, options))
  return isTold ? 'TB' : `(1/${ticksPerSecond})`
}
