import { join } from 'node:path'
import { execa } from 'execa'
import { buildClip } from '../scripts/clip.ts'

/** A file with real content: a montage of two minutes, as often as it takes to fill `seconds`. */
export async function buildFilm(folder: string, seconds: number): Promise<{ path: string; frames: number }> {
  const once = Math.min(seconds, 120)
  const clip = await buildClip({ output: join(folder, 'once.mkv'), seconds: once, width: 320, height: 180 })
  const times = Math.max(Math.round(seconds / once), 1)
  const path = join(folder, 'film.mkv')
  const args = ['-stream_loop', String(times - 1), '-i', clip.path, '-map', '0:v:0', '-c', 'copy', path]
  await execa('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args])
  return { path, frames: clip.frames * times }
}

/** What a command took, children included, in seconds. */
export interface TimedProgram {
  readonly wall: number
  readonly cpu: number
}

export async function timeProgram(program: string, args: readonly string[]): Promise<TimedProgram> {
  const began = performance.now()
  const { stderr } = await execa('bash', ['-c', 'TIMEFORMAT="%U %S"; time "$0" "$@"', program, ...args], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe'
  })
  const wall = (performance.now() - began) / 1000
  const [user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
  return { wall, cpu: user + system }
}
