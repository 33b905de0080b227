import { spawn } from 'node:child_process'
import { thisSystem, type System } from './system.ts'

/** How long the program that opens a page may take to say that it cannot. Some stay as long as the browser does. */
const REFUSAL_MS_MAX = 3_000

const refused = (program: string, how: string, cause?: unknown): Error => new Error(`${program} ${how}`, { cause })

/**
 * Has the system open a page or file in the user's browser. The page is an argument of a program, which every user of the machine can read: no secret may be in it.
 * @throws Error when there is no such program, or it says that it cannot
 */
export async function openInBrowser(page: string, { opener }: Pick<System, 'opener'> = thisSystem): Promise<void> {
  const [program, ...words] = opener
  // It is the user's own program: it needs their whole environment, the display above all.
  const child = spawn(program, [...words, page], { stdio: 'ignore', detached: true })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, REFUSAL_MS_MAX)
  child.once('error', (error) => reject(refused(program, 'cannot be started', error)))
  child.once('exit', (code) => {
    if (code === 0) resolve()
    else reject(refused(program, `ended with exit code ${code}`))
  })
  try {
    await promise
  } finally {
    clearTimeout(timer)
    child.unref()
  }
}
