import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { askProgram } from '../../platform/index.ts'
import type { Step } from './types.ts'

/** A step failed; those before it were carried out. */
export class StepError extends Error {
  override readonly name = 'StepError'
}

async function runWords(words: readonly [string, ...string[]]): Promise<void> {
  const { ok, stderr } = await askProgram(words)
  if (!ok) throw new StepError(`"${words.join(' ')}" failed: ${stderr.trim()}`)
}

async function carryOut(step: Step): Promise<void> {
  if (step.type === 'delete') return rm(step.path, { force: true })
  if (step.type === 'run') {
    if (step.unless !== undefined && (await askProgram(step.unless)).ok) return
    return runWords(step.words)
  }
  await mkdir(dirname(step.path), { recursive: true })
  await writeFile(step.path, step.text)
}

/** Carries steps out, one after the other. @throws StepError at the first program that fails, with what it said */
export async function carryOutAll(steps: readonly Step[]): Promise<void> {
  for (const step of steps) await carryOut(step)
}

/** What steps would do, as a user would type it. */
export const stepText = (step: Step): string => {
  if (step.type === 'run') return step.words.join(' ')
  return step.type === 'delete' ? `rm ${step.path}` : `# ${step.path}\n${step.text}`
}
