import { describe, expect, test } from 'vitest'
import { ApiRefusal } from '../../../../src/api/refusal.ts'
import { checkOutcome, commandRefusal } from '../../../../src/node/http/command-refusals.ts'
import { createCarryOut, createForward } from '../../../../src/node/http/commands.ts'
import { CommandError, type CommandOutcome, type LogBook } from '../../../../src/swarm/index.ts'
import { viewOf } from '../../../fixtures/api-bench.ts'
import { NO_SUBMISSIONS } from '../../../fixtures/no-submissions.ts'
import { OWNER, PROJECT, WORKER } from '../../../fixtures/protocol-samples.ts'
import type { CommandKind, CommandRequest, ProjectView } from '../../../../src/swarm/protocol/index.ts'

const REQUESTS: Readonly<Record<CommandKind, CommandRequest>> = {
  cancel: { projectId: PROJECT, kind: 'cancel' },
  remove: { projectId: PROJECT, kind: 'remove' },
  'set-priority': { projectId: PROJECT, kind: 'set-priority', priority: 7 },
  retry: { projectId: PROJECT, kind: 'retry' },
  'set-output': { projectId: PROJECT, kind: 'set-output', output: '/media/out.mkv' }
}
const KINDS = Object.keys(REQUESTS) as readonly CommandKind[]
const request = (kind: CommandKind): CommandRequest => REQUESTS[kind]

function bench(view: ProjectView | undefined, { peerId = OWNER, running = true } = {}) {
  const calls: unknown[][] = []
  const call = (...what: unknown[]): boolean => calls.push(what) > 0 && running
  const carryOut = createCarryOut({
    peerId,
    book: { views: new Map(view == null ? [] : [[PROJECT, view]]) },
    owner: {
      cancel: async (id) => call('cancel', id),
      remove: async (id) => void call('remove', id),
      setPriority: async (id, priority) => call('setPriority', id, priority),
      retry: async (id) => call('retry', id),
      waiting: NO_SUBMISSIONS
    },
    setOutput: async (id, wanted) => {
      call('setOutput', id, wanted)
      return { status: 'done', message: '' }
    }
  })
  return { calls, carryOut }
}

describe('carrying out', () => {
  test('each kind is done once, to the project it names', async () => {
    const { calls, carryOut } = bench(viewOf())
    for (const kind of KINDS) expect((await carryOut(request(kind))).status).toBe('done')
    expect(calls).toEqual([
      ['cancel', PROJECT],
      ['remove', PROJECT],
      ['setPriority', PROJECT, 7],
      ['retry', PROJECT],
      // [RULE 60] Whoever asks: below the media folders, and nothing is replaced.
      ['setOutput', PROJECT, { output: '/media/out.mkv', overwrite: false, trusted: false }]
    ])
  })

  test.for(KINDS)('%s of an unknown, a removed and another one’s project touches nothing', async (kind) => {
    for (const [view, peerId] of [
      [undefined, OWNER],
      [viewOf({ end: { state: 'removed' } }), OWNER],
      [viewOf(), WORKER]
    ] as const) {
      const { calls, carryOut } = bench(view, { peerId })
      expect((await carryOut(request(kind))).status).toBe('unknown-project')
      expect(calls).toEqual([])
    }
  })

  test('what has ended can only be removed', async () => {
    const { carryOut } = bench(viewOf({ end: {} }), { running: false })
    const statuses = []
    for (const kind of KINDS) statuses.push((await carryOut(request(kind))).status)
    expect(statuses).toEqual(['ended', 'done', 'ended', 'ended', 'ended'])
  })
})

test('a retry of what waits for nothing says so', async () => {
  const { carryOut } = bench(viewOf(), { running: false })
  expect(await carryOut(request('retry'))).toMatchObject({ status: 'not-waiting' })
})

describe('forwarding', () => {
  /** A forward over an owner that answers so, and the book of this node. */
  function forwarding(outcome: CommandOutcome) {
    const views = new Map([[PROJECT, viewOf()]])
    const listeners = new Set<() => void>()
    const pulled: string[] = []
    const forward = createForward({
      commands: { send: async () => ({ ...outcome, commandId: '' }) },
      book: {
        views,
        onRecord: (listener) => {
          const hear = listener as () => void
          listeners.add(hear)
          return () => listeners.delete(hear)
        }
      } satisfies Pick<LogBook, 'views' | 'onRecord'>,
      sync: { pull: (peer) => pulled.push(peer) }
    })
    const hear = (view: ProjectView): void => {
      views.set(PROJECT, view)
      for (const listener of listeners) listener()
    }
    return { forward, hear, listeners, pulled }
  }

  test.for([
    ['cancel', viewOf({ end: { state: 'cancelled' } })],
    ['remove', viewOf({ end: { state: 'removed' } })],
    ['set-priority', { ...viewOf(), priority: 7 }]
  ] as const)('%s is over when it shows here', async ([kind, view]) => {
    const { forward, hear, listeners, pulled } = forwarding({ status: 'done', message: '' })
    let over = false
    const forwarded = forward(OWNER, request(kind)).then(() => (over = true))
    await expect.poll(() => pulled).toEqual([OWNER])
    hear({ ...viewOf(), priority: 1 })
    await Promise.resolve()
    expect(over).toBe(false)
    hear(view)
    await forwarded
    expect(listeners.size).toBe(0)
  })

  test.for(['retry', 'set-output'] as const)('%s shows in no log, so nothing is waited for', async (kind) => {
    const { forward, pulled } = forwarding({ status: 'done', message: '' })
    expect(await forward(OWNER, request(kind))).toMatchObject({ status: 'done' })
    expect(pulled).toEqual([])
  })

  test('what was not done is not waited for', async () => {
    const { forward, pulled } = forwarding({ status: 'refused', message: 'no' })
    expect(await forward(OWNER, request('cancel'))).toMatchObject({ status: 'refused' })
    expect(pulled).toEqual([])
  })
})

describe('what the one who asks is told', () => {
  const refusalOf = (call: () => unknown): unknown[] => {
    try {
      call()
    } catch (error) {
      if (error instanceof ApiRefusal) return [error.status, error.code, error.message]
      throw error
    }
    return []
  }

  test.for([
    ['done', []],
    ['refused', [403, 'not-allowed', 'You are not allowed to do this!']],
    ['unknown-project', [404, 'unknown-project', 'Project does not exist.']],
    ['ended', [409, 'already-ended', 'The project has already ended.']],
    [
      'not-waiting',
      [
        409,
        'not-waiting',
        'There is nothing to retry: the project is not waiting, or it waits for a machine that is not connected.'
      ]
    ],
    ['too-late', [409, 'too-late', 'The project has ended, or its file is being written right now.']],
    ['output-exists', [400, 'output-exists', 'a?b']],
    ['output-unwritable', [400, 'output-unwritable', 'a?b']],
    ['output-unsupported', [400, 'unsupported', 'a?b']],
    ['failed', [503, 'owner-failed', 'attic, the owner of the project, could not do it: a?b']]
  ] as const)('%s', ([status, expected]) => {
    expect(refusalOf(() => checkOutcome({ status, message: 'a\u0007b' }, 'attic'))).toEqual(expected)
  })

  test.for([
    ['unreachable', 'owner-unreachable', 'Nothing was changed'],
    ['no-answer', 'owner-no-answer', 'may or may not have carried out the command'],
    ['unsupported', 'owner-outdated', 'Nothing was changed']
  ] as const)('%s', ([code, expected, words]) => {
    const refusal = commandRefusal(new CommandError(code, 'x'), 'attic')
    expect(refusal).toMatchObject({ status: 503, code: expected, message: expect.stringContaining(words) })
    expect(refusal).toMatchObject({ message: expect.stringContaining('attic') })
  })

  test('another error stays what it is', () => {
    const error = new Error('x')
    expect(commandRefusal(error, 'attic')).toBe(error)
  })
})
