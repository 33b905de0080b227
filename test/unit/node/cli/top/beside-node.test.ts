import { expect, test } from 'vitest'
import { nodeCommand } from '../../../../../src/node/cli/node-command.ts'
import { showBesideNode } from '../../../../../src/node/cli/top/beside-node.ts'
import { canShowTop } from '../../../../../src/node/cli/top/top-command.ts'
import type { Config, Daemon } from '../../../../../src/node/config/types.ts'
import { fakeIo, peer, peerId } from '../fixtures.ts'

/** A terminal that keeps what is written. */
function terminalOf() {
  const written: string[] = []
  const terminal = { write: (text: string) => written.push(text) > 0, columns: 80 } as unknown as NodeJS.WriteStream
  return { written, terminal }
}

async function show(runSelf: () => Promise<number | null>) {
  const shown: boolean[] = []
  const { written, terminal } = terminalOf()
  const { io, err } = fakeIo({ runSelf, terminal })
  let interrupts = 0
  await showBesideNode({ showLog: (on) => shown.push(on) }, io, {
    dataDir: '/data',
    signal: new AbortController().signal,
    onInterrupt: () => (interrupts += 1)
  })
  return { shown, written, err, interrupts }
}

test.each([
  ['the user quits', async () => 0, { shown: [false, true], interrupts: 0, written: [], err: [] }],
  ['the user presses Ctrl-C', async () => 130, { shown: [false, true], interrupts: 1 }],
  [
    'it was killed: the screen comes back',
    async () => null,
    { shown: [false, true], written: ['\u001B[?25h\u001B[?1049l'] }
  ],
  [
    'it cannot be started',
    async () => Promise.reject(new Error('EAGAIN')),
    { shown: [false, true], err: ['The terminal interface did not start: EAGAIN'] }
  ]
])('the interface beside a node: %s', async (_, runSelf, expected) => {
  expect(await show(runSelf)).toMatchObject(expected)
})

test.each([
  ['a terminal', {}, true],
  ['no terminal', { terminal: undefined }, false],
  ['no keyboard', { ask: undefined }, false],
  ['a terminal that cannot move its cursor', { env: { TERM: 'dumb' } }, false],
  ['a terminal without a name', { env: {} }, false]
])('%s', (_, change, can) => {
  const { terminal } = terminalOf()
  expect(canShowTop({ terminal, ask: async () => '', env: { TERM: 'xterm' }, ...change })).toBe(can)
})

test.each([
  ['a terminal', false, { TERM: 'xterm' }, [['top', '--data-dir', '/data']]],
  ['--plain', true, { TERM: 'xterm' }, []],
  ['TERM=dumb', false, { TERM: 'dumb' }, []]
])('grav1 node on %s', async (_, plain, env, runs) => {
  const asked: (readonly string[])[] = []
  const daemon: Daemon = {
    peerId,
    addresses: [],
    apiUrl: 'http://127.0.0.1:7899',
    apiToken: 't',
    status: () => peer({ busy: 0 }),
    showLog: () => undefined,
    stop: async () => undefined
  }
  const { terminal } = terminalOf()
  const fake = fakeIo({
    env,
    terminal,
    ask: async () => '',
    loadDaemon: async () => async () => daemon,
    runSelf: async (argv) => {
      asked.push(argv)
      return 0
    }
  })
  const config = { name: 'box', dataDir: '/data', apiName: [], logLevel: 'info' } as unknown as Config
  const ended = nodeCommand(config, fake.io, { json: false, plain })
  while (fake.listening() === 0) await new Promise((resolve) => setImmediate(resolve))
  fake.raise('SIGINT')
  expect(await ended).toBe('ok')
  expect(asked).toEqual(runs)
})
