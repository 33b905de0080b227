/** What a boxed program may see and change; nothing else of the machine, and no network. */
export interface Box {
  /** Files and folders, absolute. What is missing stays missing. */
  readonly reads: readonly string[]
  /** Files that are there already, absolute. */
  readonly writes: readonly string[]
  /** Whether it may start processes, not only threads. */
  readonly mayStartOthers: boolean
}

/** Words that start a program in its box. */
export interface Boxed {
  readonly words: readonly [string, ...string[]]
  /** What has to be handed over on descriptor {@link FILTER_DESCRIPTOR}; undefined: nothing. */
  readonly filter: Uint8Array | undefined
}

/** Descriptor on which the filter of system calls is handed over: behind the outputs that programs have. */
export const FILTER_DESCRIPTOR = 5

/** A way to box programs. */
export interface Sandbox {
  readonly name: 'bubblewrap' | 'sandbox-exec'
  readonly boxed: (words: readonly [string, ...string[]], box: Box) => Boxed
}

/** Whether programs are boxed: where it works, in any case (otherwise the node does not start), or never. */
export type SandboxMode = 'auto' | 'require' | 'off'

/** `off`: the user's wish. `system`: there is none for it. `missing`: not installed. `refused`: it does not work here. */
export type NoSandbox = 'off' | 'system' | 'missing' | 'refused'

export type FoundSandbox =
  | { readonly type: 'boxed'; readonly sandbox: Sandbox }
  /** `words` say why, and what helps. */
  | { readonly type: 'none'; readonly code: NoSandbox; readonly words: string }
