import { MediaError, type MediaErrorCode } from './errors.ts'
import { expectTaken } from './refused-command.ts'
import {
  type MediaProcess,
  outputOf,
  type ProcessEnd,
  type ProcessInit,
  type ProcessOutput,
  spawnProgram
} from './spawn-program.ts'

export type { MediaProcess, ProcessEnd, ProcessOutput } from './spawn-program.ts'

/**
 * Starts a program, never through a shell. Its `ended` rejects with the signal's reason, or with MediaError `command-refused`.
 * @throws MediaError `tool-missing`
 */
export function startProcess(name: string, args: readonly string[], init: ProcessInit): MediaProcess {
  const running = spawnProgram(name, args, init)
  const ended = running.ended.then((end) => expectTaken(name, end, init))
  // A caller that awaits it sees the rejection; no caller has to.
  ended.catch(() => {})
  return { ...running, ended }
}

/** The folders of a file that a program names. Messages go to others, whom they do not concern. */
const FOLDERS = /(?<![\w.)-])(?:file:)?\/(?=\S)(?:[^\r\n:"']*\/)?/g

/** The last lines of stderr that say something, for a message; files are named without their folders. */
export function lastWords(stderrTail: string): string {
  const lines = stderrTail.split(/[\r\n]+/).filter((line) => line.trim() !== '')
  return lines.slice(-2).join(' ').replaceAll(FOLDERS, '').slice(-300)
}

/** @throws MediaError `code` unless the program ended with exit code 0 */
export function expectSuccess(
  end: ProcessEnd,
  program: string,
  code: MediaErrorCode,
  okCodes: readonly number[] = [0]
): void {
  if (end.code !== undefined && okCodes.includes(end.code)) return
  const how =
    end.code === undefined ? `was killed by ${end.killedBy ?? 'a signal'}` : `ended with exit code ${end.code}`
  throw new MediaError(code, `${program} ${how}: ${lastWords(end.stderrTail) || 'it printed nothing'}`, {
    stderrTail: end.stderrTail
  })
}

/** Runs a program with a short output to its end. A longer output than `bytesMax` ends it. */
export async function runProcess(
  name: string,
  args: readonly string[],
  init: ProcessInit & { readonly bytesMax?: number }
): Promise<ProcessOutput> {
  return outputOf(startProcess(name, args, { ...init, stdout: 'pipe' }), init.bytesMax ?? 4 * 1024 * 1024)
}
