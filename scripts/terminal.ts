import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const exec = promisify(execFile)

export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** How to start a {@link Terminal}. */
export interface TerminalInit extends TerminalSize {
  /** Path of tmux's socket, in a folder of the caller's. */
  readonly socket: string
  /** Run by a shell. The terminal closes when it has ended. */
  readonly command: string
  readonly env?: Readonly<Record<string, string>>
}

/** A pseudo-terminal of tmux. */
export interface Terminal {
  /** What it shows. @param options of `tmux capture-pane`: `-e` keeps colours as escape sequences */
  readonly screen: (...options: string[]) => Promise<string>
  /** Keys as tmux calls them: `Enter`, `Escape`, `C-c`, or characters. */
  readonly press: (...keys: string[]) => Promise<void>
  readonly resize: (to: TerminalSize) => Promise<void>
  /** Ends what runs in it. */
  readonly close: () => Promise<void>
}

/** Starts a program in a real pseudo-terminal, without the user's settings of tmux. */
export async function startTerminal({ socket, columns, rows, command, env = {} }: TerminalInit): Promise<Terminal> {
  const tmux = async (...args: string[]): Promise<string> =>
    (await exec('tmux', ['-u', '-S', socket, '-f', '/dev/null', ...args])).stdout
  const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  await tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), ...variables, command)
  return {
    screen: async (...options) => tmux('capture-pane', '-p', ...options),
    press: async (...keys) => void (await tmux('send-keys', ...keys)),
    resize: async (to) => void (await tmux('resize-window', '-x', String(to.columns), '-y', String(to.rows))),
    close: async () => void (await tmux('kill-server').catch(() => undefined))
  }
}
