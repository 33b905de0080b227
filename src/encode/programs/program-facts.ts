import { stat } from 'node:fs/promises'
import { type EncoderModule, furtherOptions, type ProgramFacts } from '../rules/index.ts'
import { runProcess } from './process.ts'
import { isNamed, lookUpProgram } from './programs.ts'
import type { RunOptions } from './run-options.ts'

/** Answers of programs, by the program file and the question. */
const known = new Map<string, Promise<unknown>>()

/** Asks a program once per file: one that was upgraded while the node runs is asked again. */
export async function askOnce<Answer>(program: string, question: string, ask: () => Promise<Answer>): Promise<Answer> {
  const path = lookUpProgram(program)
  if (path === undefined) return ask()
  const { mtimeMs, size } = await stat(path)
  const key = `${question} ${path} ${mtimeMs} ${size}`
  const answer = known.get(key) ?? ask()
  known.set(key, answer)
  // Asked again after a failure; the signal of one caller is not the others'.
  answer.catch(() => known.delete(key))
  return answer as Promise<Answer>
}

const OPTION = /(?<![\w-])--([a-z\d][\w-]*)/gi

/** Options that a help text lists, without dashes. */
export const optionsIn = (help: string): ReadonlySet<string> =>
  new Set([...help.matchAll(OPTION)].map((match) => match[1] ?? ''))

async function ask(encoder: EncoderModule, options: RunOptions): Promise<ProgramFacts> {
  const answer = async (args: readonly string[]): Promise<{ readonly text: string; readonly isRight: boolean }> => {
    const { stdout, stderrTail, code } = await runProcess(encoder.program, args, options)
    return { text: stdout + stderrTail, isRight: code === 0 }
  }
  const told = await answer(encoder.version.args)
  const version = encoder.version.pattern.exec(told.text)?.[1] ?? 'unknown'
  if (encoder.help === undefined) return { version, options: new Set() }
  const isSame = encoder.help.join(' ') === encoder.version.args.join(' ')
  const help = isSame ? told : await answer(encoder.help)
  // The output of a failing program is not a list of its options.
  if (!help.isRight) return { version, options: new Set() }
  const further = isNamed(encoder.program) ? { further: furtherOptions(help.text) } : {}
  return { version, options: optionsIn(help.text), ...further }
}

/**
 * What the installed program of an encoder reports about itself; asked once per program file.
 * @throws MediaError `tool-missing`
 */
export const encoderFacts = async (encoder: EncoderModule, options: RunOptions): Promise<ProgramFacts> =>
  askOnce(encoder.program, encoder.name, async () => ask(encoder, options))

/** What the installed ffmpeg says of itself. */
interface FfmpegFacts {
  /** Version, build options and libraries, as it prints them. */
  readonly build: string
  /** Whether it crops decoded frames as the container says, and reports the cropping, as it does from 7.1 on. */
  readonly crops: boolean
}

/** @throws MediaError `tool-missing` */
export const ffmpegFacts = async (options: RunOptions): Promise<FfmpegFacts> =>
  askOnce('ffmpeg', 'facts', async () => {
    const { stdout, stderrTail } = await runProcess('ffmpeg', ['-h', 'long'], options)
    return { build: stderrTail, crops: /^-apply_cropping\b/m.test(stdout) }
  })

/** ffmpeg's input options by which every version hands over whole pictures: cropping stands in the film's container, and players do it. */
export const wholePictures = async (options: RunOptions): Promise<readonly string[]> =>
  (await ffmpegFacts(options)).crops ? ['-apply_cropping', 'codec'] : []

/** Versions of the programs that make a film of its scenes, as they say them; `unknown` where one does not. */
export interface JoinPrograms {
  readonly ffmpeg: string
  readonly mkvmerge: string
}

/** @throws MediaError `tool-missing` */
export async function joinPrograms(options: RunOptions): Promise<JoinPrograms> {
  const { build } = await ffmpegFacts(options)
  const mkvmerge = await askOnce('mkvmerge', 'version', async () => runProcess('mkvmerge', ['--version'], options))
  return {
    ffmpeg: /ffmpeg version (\S+)/.exec(build)?.[1] ?? 'unknown',
    mkvmerge: /mkvmerge v(\S+)/.exec(mkvmerge.stdout)?.[1] ?? 'unknown'
  }
}
