import { MediaError } from './errors.ts'
import { outputOf, type ProcessEnd, spawnProgram } from './spawn-program.ts'
import type { RunOptions } from './run-options.ts'

/** Programs whose words for it are known. */
const PROGRAMS = new Set(['ffmpeg', 'ffprobe'])

/** A line starts with its component and its level. */
const CONTEXT = /^(?:\[[^\]]*\] )*/

/** ffmpeg's messages about an unknown option, value, or part that it was built without; each quotes only the command line. Messages about a file's streams are not among them. */
const REFUSALS: readonly RegExp[] = [
  /^Unrecognized option '/,
  /^Error splitting the argument list: /,
  /^Missing argument for option /,
  /^Option '?[\w:-]+'?(?: \(.*\))? (?:not found|cannot be applied to )/,
  /^Error applying option '/,
  /^Error setting option \S+ to value /,
  /^Failed to set value '.*' for option '(?!map')/,
  /^Unable to parse (?:"\S+" )?option value /,
  /^Undefined constant or missing '\(' in '/,
  /^Expected \w+ for .* but found: /,
  /^The value for .* was .* which is not within /,
  /^Invalid value .* specified for /,
  /^Invalid time base: /,
  /^Unknown (?:encoder|decoder) '/,
  /^Unknown (?:input format: '|output format with name '|pixel format requested: )/,
  /^Requested output format '/,
  /^Unable to (?:choose an|find a suitable) output format for '/,
  /^At least one output file must be specified/,
  /^No such filter: '/,
  /^Error parsing bitstream filter sequence '/,
  /^Codec AVOption .* (?:has not been used|is not an? (?:en|de)coding option)/,
  /^No match for section '/
]

/** Whether a line of ffmpeg says that it does not take its command line. */
export function isRefusal(line: string): boolean {
  const said = line.replace(CONTEXT, '')
  return REFUSALS.some((pattern) => pattern.test(said))
}

/** The first line with which a program that failed refused its command line. */
export function refusalIn(program: string, { code, stderrTail }: ProcessEnd): string | undefined {
  if (!PROGRAMS.has(program) || code === undefined || code === 0) return undefined
  return stderrTail
    .split(/[\r\n]+/)
    .find(isRefusal)
    ?.replace(CONTEXT, '')
    .slice(0, 200)
}

async function versionOf(program: string, options: RunOptions): Promise<string> {
  const running = spawnProgram(program, ['-version'], { signal: options.signal, stdout: 'pipe' })
  const { stdout } = await outputOf(running, 64 * 1024)
  return / version (\S+)/.exec(stdout)?.[1] ?? 'of an unknown version'
}

/**
 * Passes on how a program ended, unless it refused its command line: that is this program's own doing, whatever was to be read or written.
 * @throws MediaError `command-refused`
 */
export async function expectTaken(program: string, end: ProcessEnd, options: RunOptions): Promise<ProcessEnd> {
  const refusal = refusalIn(program, end)
  if (refusal === undefined) return end
  const version = await versionOf(program, options)
  const what = `This ${program} (${version}) rejects the command line of grav1: ${refusal} Neither the source nor another node is at fault: please report it, or install another version.`
  throw new MediaError('command-refused', what, { stderrTail: end.stderrTail })
}
