import { execFile } from 'node:child_process'
import { programEnvironment } from './programs.ts'

/** How a program of the system ended. */
export interface Answer {
  readonly ok: boolean
  /** What it printed. */
  readonly stdout: string
  readonly stderr: string
}

export interface AskOptions {
  /** After this it is killed, in ms; default: never. */
  readonly msMax?: number
}

const BYTES_MAX = 4 * 2 ** 20

/** Runs a program that is soon done, never through a shell, and gives what it printed. One that is not there did not end well. */
export async function askProgram(words: readonly [string, ...string[]], options: AskOptions = {}): Promise<Answer> {
  const [program, ...args] = words
  const { XDG_RUNTIME_DIR, DBUS_SESSION_BUS_ADDRESS } = process.env
  // By these `systemctl --user` finds the manager of the user.
  const session = {
    ...(XDG_RUNTIME_DIR && { XDG_RUNTIME_DIR }),
    ...(DBUS_SESSION_BUS_ADDRESS && { DBUS_SESSION_BUS_ADDRESS })
  }
  const init = { env: { ...programEnvironment(), ...session }, maxBuffer: BYTES_MAX, timeout: options.msMax ?? 0 }
  return new Promise((done) => {
    execFile(program, args, init, (error, stdout, stderr) => {
      done({ ok: error === null, stdout, stderr: stderr === '' && error !== null ? error.message : stderr })
    })
  })
}
