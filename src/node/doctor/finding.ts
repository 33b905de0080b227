/** How something is: `warning` keeps this machine from something, `problem` keeps it from being a node or from encoding. */
export type FindingState = 'ok' | 'warning' | 'problem'

/** One thing that the doctor looked at. */
export interface Finding {
  /** What it is about, in a word or two. */
  readonly check: string
  readonly state: FindingState
  /** A sentence or a version. */
  readonly text: string
  /** The command or the step that mends it; null where nothing needs mending. */
  readonly mend: string | null
}

export const ok = (check: string, text: string): Finding => ({ check, state: 'ok', text, mend: null })

export const warning = (check: string, text: string, mend: string): Finding => ({ check, state: 'warning', text, mend })

export const problem = (check: string, text: string, mend: string): Finding => ({ check, state: 'problem', text, mend })
