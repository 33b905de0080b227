import { SubmitError } from './submit-error.ts'

/** A project that makes a file, or will. */
export interface OutputOf {
  readonly projectId: string
  /** Undefined: not known, so it is in nobody's way. */
  readonly output: string | undefined
}

/** Which files are being made. Two projects that make one file would only find out at the end. */
export interface OutputClaims {
  /** @param own the project that asks, where there is one already. @throws SubmitError `output-exists` */
  check: (outputs: readonly string[], own?: string) => void
  /** Checks them and keeps others away until `work` is over: by then projects show them. @throws SubmitError `output-exists`, and what `work` throws */
  during: <Done>(outputs: readonly string[], own: string | undefined, work: () => Promise<Done>) => Promise<Done>
}

/** @param projects what projects make that have not ended */
export function createOutputClaims(projects: () => readonly OutputOf[]): OutputClaims {
  const held = new Set<{ readonly projectId?: string; readonly output: string }>()

  function check(outputs: readonly string[], own?: string): void {
    const others = [...projects(), ...held].filter(({ projectId }) => own === undefined || projectId !== own)
    const taken = new Set(others.map(({ output }) => output))
    for (const output of outputs) {
      if (taken.has(output))
        throw new SubmitError('output-exists', `another project already writes ${output}; choose another --output`, {
          field: 'output'
        })
      taken.add(output)
    }
  }

  return {
    check,
    during: async (outputs, own, work) => {
      check(outputs, own)
      const mine = outputs.map((output) => (own === undefined ? { output } : { projectId: own, output }))
      for (const one of mine) held.add(one)
      try {
        return await work()
      } finally {
        for (const one of mine) held.delete(one)
      }
    }
  }
}
