import { errorText } from '../../src/common/error-text.ts'
import { TestSwarm } from '../e2e/harness.ts'
import { endLeft } from './left-behind.ts'
import { createNetwork } from './network.ts'
import { brokenPromises } from './oracle.ts'
import { Stage } from './stage.ts'
import type { Fault } from './fault.ts'
import type { FilmSource } from './film.ts'

/** What became of a fault. */
export interface Outcome {
  readonly name: string
  /** Empty: every promise held. */
  readonly broken: readonly string[]
  /** From the submission of the first film to the end of the last. */
  readonly seconds: number
  /** sha-256 that the first film's node names. */
  readonly sha256: string | undefined
  /** What the nodes printed, where a promise was broken. */
  readonly printed: string
}

export interface RunInit {
  readonly film: FilmSource
  /** sha-256 of the film without a fault. */
  readonly expected: string | undefined
  readonly isAlone: boolean
}

/** Runs one fault from empty folders to the last check. Leaves nothing behind. */
export async function runFault(fault: Fault, { film, expected, isAlone }: RunInit): Promise<Outcome> {
  const network = fault.needs?.includes('network') === true ? createNetwork() : undefined
  const stage = new Stage(await TestSwarm.create(), film, network)
  if (network !== undefined) stage.onClose(network.heal)
  const broken: string[] = []
  let seconds = 0
  let sha256: string | undefined
  try {
    await fault.run(stage)
    seconds = (performance.now() - stage.beganMs) / 1000
    const [first] = stage.films
    if (first !== undefined) sha256 = (await stage.project(first))?.outputSha256 ?? undefined
    broken.push(...(await brokenPromises({ stage, fault, expected, isAlone })))
  } catch (error) {
    broken.push(errorText(error))
  }
  const printed = broken.length === 0 ? '' : stage.names.map((name) => `--- ${name}\n${stage.printed(name)}`).join('\n')
  await endLeft(stage.folder, isAlone)
  await stage.close().catch((error: unknown) => broken.push(errorText(error)))
  return { name: fault.name, broken, seconds, sha256, printed }
}
