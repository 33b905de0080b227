import type { StepResult } from './results.ts'

/** Runs steps and keeps what became of them, in the order in which they ended. */
export interface Recorder {
  readonly results: readonly StepResult[]
  /** Runs a step, which returns a note. A step that throws has failed; the others go on. @returns whether it passed @throws the signal's reason */
  readonly step: (machine: string, step: string, run: () => Promise<string>) => Promise<boolean>
}

export function createRecorder(signal: AbortSignal, say: (line: string) => void = console.log): Recorder {
  const results: StepResult[] = []
  const step: Recorder['step'] = async (machine, step, run) => {
    const began = performance.now()
    const end = (passed: boolean, note: string): boolean => {
      const seconds = (performance.now() - began) / 1000
      results.push({ machine, step, passed, seconds, note })
      say(`${machine}: ${step} ${passed ? 'passed' : 'FAILED'} in ${seconds.toFixed(0)} s ${note}`)
      return passed
    }
    signal.throwIfAborted()
    try {
      return end(true, await run())
    } catch (error) {
      signal.throwIfAborted()
      return end(false, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
    }
  }
  return { results, step }
}
