import { basename, join } from 'node:path'
import { nodeAv } from '../../test/fixtures/node-av.ts'
import { type CheckoutCopy, copyCheckout } from './checkout.ts'
import { enterWords } from './enter.ts'
import { ensureRoot } from './roots.ts'

/** Another system with this checkout in it. */
export interface Machine {
  readonly name: string
  /** The checkout, inside and outside. */
  readonly checkout: string
  /** The words that run a command of the checkout there. */
  readonly words: (command: readonly string[]) => [string, ...string[]]
}

/** Nothing of this machine's settings but what programs need to be found. */
const environment = (checkout: CheckoutCopy, av: string): Record<string, string> => ({
  PATH: `${checkout.folder}/node_modules/.bin:/usr/bin:/bin:/usr/sbin:/sbin`,
  HOME: '/tmp',
  LC_ALL: 'C.UTF-8',
  GRAV1_NODE_AV: join(checkout.folder, 'node_modules/.cache', basename(av))
})

/** Makes a machine of a Debian suite, with its checkout below `shared`. */
export async function createMachine(suite: string, shared: string, signal: AbortSignal): Promise<Machine> {
  const { folder: root } = await ensureRoot(suite, 'native', signal)
  const av = await nodeAv()
  const checkout = await copyCheckout(join(shared, `checkout-${suite}`), [basename(av)])
  const place = { root, shared, mounts: checkout.mounts, cwd: checkout.folder, env: environment(checkout, av) }
  return { name: suite, checkout: checkout.folder, words: (command) => enterWords(place, command) }
}
