import { render } from 'ink'
import { createElement } from 'react'
import { anySignal } from '../../../common/any-signal.ts'
import type { ExitReason } from '../exit-codes.ts'
import { TopApp, type TopProps } from './app.ts'

/**
 * Fills the terminal with what the node does, until the user quits or the signal is aborted.
 * @returns `interrupted` after Ctrl-C
 * @throws what the node refused, or that it cannot be reached at all
 */
export async function showTop({ client, signal, colours }: TopProps): Promise<ExitReason> {
  const ended = new AbortController()
  const either = anySignal([signal, ended.signal])
  const app = render(createElement(TopApp, { client, signal: either, colours }), {
    alternateScreen: true,
    interactive: true,
    // The caller has its own way to end.
    exitOnCtrlC: false,
    incrementalRendering: true,
    maxFps: 15
  })
  const stop = (): void => app.unmount()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return (await app.waitUntilExit()) === 'interrupted' ? 'interrupted' : 'ok'
  } finally {
    signal.removeEventListener('abort', stop)
    ended.abort()
  }
}
