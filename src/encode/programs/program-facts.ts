import { stat } from 'node:fs/promises'
import type { EncoderModule, ProgramFacts } from '../rules/index.ts'
import { runProcess } from './process.ts'
import { lookUpProgram } from './programs.ts'
import type { RunOptions } from './run-options.ts'

/** By path and time of change: a program that was upgraded while the node runs is asked again. */
const known = new Map<string, Promise<ProgramFacts>>()

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
  // What a program says when it fails is no list of its options.
  return { version, options: help.isRight ? optionsIn(help.text) : new Set() }
}

/**
 * What the installed program of an encoder says of itself; asked once for each program file.
 * @throws MediaError `tool-missing`
 */
export async function encoderFacts(encoder: EncoderModule, options: RunOptions): Promise<ProgramFacts> {
  const path = lookUpProgram(encoder.program)
  if (path === undefined) return ask(encoder, options)
  const { mtimeMs, size } = await stat(path)
  const key = `${encoder.name} ${path} ${mtimeMs} ${size}`
  const facts = known.get(key) ?? ask(encoder, options)
  known.set(key, facts)
  // Asked again after a failure; the signal of one caller is not the others'.
  facts.catch(() => known.delete(key))
  return facts
}
