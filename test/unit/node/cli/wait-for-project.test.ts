import { describe, expect, test } from 'vitest'
import type { NodeClient } from '../../../../src/node/cli/client.ts'
import { ApiError, CliError } from '../../../../src/node/cli/errors.ts'
import { readEvents, type StreamPart } from '../../../../src/node/cli/read-events.ts'
import { shareEvents } from '../../../../src/node/cli/share-events.ts'
import { waitForProject } from '../../../../src/node/cli/wait-for-project.ts'
import type { LiveEvent, ProjectStatus } from '../../../../src/api/schemas/index.ts'
import { project } from './fixtures.ts'

const away = new CliError('no-node', 'No node answers.')

interface Script {
  /** What each question for the project is answered with. */
  readonly answers: readonly (ProjectStatus | Error)[]
  /** What each event stream brings before it ends, or fails. */
  readonly streams: readonly (readonly (LiveEvent | Error)[])[]
}

/** A client that follows a script; the last answer stays. */
function scripted({ answers, streams }: Script) {
  const asked = { project: 0, events: 0 }
  const client: Pick<NodeClient, 'project' | 'events' | 'url'> = {
    url: 'http://127.0.0.1:1',
    project: async () => {
      const answer = answers[Math.min(asked.project, answers.length - 1)]
      asked.project += 1
      if (answer instanceof Error || answer === undefined) throw answer
      return answer
    },
    events: async function* () {
      const stream = streams[asked.events] ?? []
      asked.events += 1
      for (const event of stream) {
        if (event instanceof Error) throw event
        yield { type: 'event', event, id: '' } satisfies StreamPart
      }
    }
  }
  return { client, asked }
}

const changed = (change: Partial<ProjectStatus>): LiveEvent => ({ event: 'project', data: project(change) })

async function follow(script: Script, silenceMsMax = 15_000) {
  const { client, asked } = scripted(script)
  const seen: number[] = []
  const onStatus = ({ frames }: ProjectStatus): void => void seen.push(frames)
  const { signal } = new AbortController()
  const status = await waitForProject(client, 'p-1234', { signal, onStatus, retryMs: 1, silenceMsMax })
  return { status, seen, asked }
}

describe('following a project', () => {
  test('by one question and one stream of events, of this project only', async () => {
    const { status, seen, asked } = await follow({
      answers: [project({ frames: 1 })],
      streams: [
        [
          changed({ frames: 2 }),
          changed({ projectId: 'p-other', frames: 90 }),
          { event: 'project-gone', data: { projectId: 'p-other' } },
          changed({ frames: 3, state: 'completed' })
        ]
      ]
    })
    expect([status.state, seen, asked]).toEqual(['completed', [1, 2, 3], { project: 1, events: 1 }])
  })

  test.each([
    ['ends', []],
    ['is refused', [new ApiError({ code: 'too-many-clients', detail: 'full', status: 503 })]],
    ['breaks', [away]]
  ])('a stream that %s: the node is asked again', async (_, stream) => {
    const answers = [project({ frames: 1 }), project({ frames: 2, state: 'failed' })]
    expect((await follow({ answers, streams: [stream] })).seen).toEqual([1, 2])
  })

  test('a node that is restarted is waited for', async () => {
    const answers = [project({ frames: 1 }), away, away, project({ frames: 9, state: 'completed' })]
    expect((await follow({ answers, streams: [] })).seen).toEqual([1, 9])
  })

  test('a node that stays away is lost, and says where the project may go on', async () => {
    await expect(follow({ answers: [project(), away], streams: [] }, 20)).rejects.toMatchObject({ code: 'node-lost' })
  })

  test('a project that was deleted ends it', async () => {
    const gone = new ApiError({ code: 'unknown-project', detail: 'Project does not exist.', status: 404 })
    const stream: LiveEvent[] = [{ event: 'project-gone', data: { projectId: 'p-1234' } }]
    await expect(follow({ answers: [project(), gone], streams: [stream] })).rejects.toBe(gone)
  })

  test('the stream is closed although a part of it was never taken', async () => {
    const { client } = scripted({ answers: [project({ state: 'completed' })], streams: [] })
    const closed = Promise.withResolvers<void>()
    const events: typeof client.events = async function* () {
      try {
        yield { type: 'beat' }
        yield { type: 'beat' }
      } finally {
        closed.resolve()
      }
    }
    const { signal } = new AbortController()
    const status = await waitForProject({ ...client, events }, 'p-1234', { signal, onStatus: () => {} })
    expect(status.state).toBe('completed')
    await closed.promise
  })

  test('the signal ends it', async () => {
    const abort = new AbortController()
    const { client } = scripted({ answers: [project()], streams: [] })
    const waiting = waitForProject(client, 'p-1234', { signal: abort.signal, onStatus: () => abort.abort('over') })
    await expect(waiting).rejects.toBeDefined()
  })
})

describe('a stream that several share', () => {
  /** A client whose streams are told by the test. */
  function told() {
    const opened: {
      readonly tell: (projectId: string) => void
      readonly end: () => void
      readonly signal: AbortSignal
    }[] = []
    const client: Pick<NodeClient, 'events'> = {
      events: async function* (_, { signal = new AbortController().signal } = {}) {
        const { readable, writable } = new TransformStream<string, string>()
        const writer = writable.getWriter()
        const tell = (projectId: string): void => void writer.write(projectId).catch(() => undefined)
        opened.push({ tell, end: () => void writer.close().catch(() => undefined), signal })
        for await (const projectId of readable)
          yield { type: 'event', event: { event: 'project-gone', data: { projectId } }, id: '' }
      }
    }
    return { opened, events: shareEvents(client) }
  }

  const idOf = ({ value }: IteratorResult<StreamPart, void>): string =>
    value?.type === 'event' && value.event.event === 'project-gone' ? value.event.data.projectId : ''

  test('is opened once, tells all, ends for all, and is opened again for who comes then', async () => {
    const { opened, events } = told()
    const all = [events({}), events({})]
    const first = all.map(async (one) => one.next())
    opened[0]?.tell('a')
    expect((await Promise.all(first)).map(idOf)).toEqual(['a', 'a'])
    const last = all.map(async (one) => one.next())
    opened[0]?.end()
    expect((await Promise.all(last)).map(({ done }) => done)).toEqual([true, true])
    const again = events({}).next()
    opened[1]?.tell('b')
    expect([opened.length, idOf(await again)]).toEqual([2, 'b'])
  })

  test('who leaves leaves it to the others; the last one closes it', async () => {
    const { opened, events } = told()
    const leave = [new AbortController(), new AbortController()]
    const waits = leave.map(async ({ signal }) => events({}, { signal }).next())
    leave[0]?.abort(new Error('left'))
    await expect(waits[0]).rejects.toThrow('left')
    expect(opened[0]?.signal.aborted).toBe(false)
    leave[1]?.abort(new Error('left too'))
    await expect(waits[1]).rejects.toThrow('left too')
    expect(opened[0]?.signal.aborted).toBe(true)
    opened[0]?.end()
  })
})

describe('an event stream', () => {
  async function* chunksOf(...texts: string[]) {
    for (const text of texts) yield new TextEncoder().encode(text)
  }

  async function parts(...texts: string[]): Promise<string[]> {
    const found: string[] = []
    for await (const part of readEvents(chunksOf(...texts)))
      found.push(part.type === 'beat' ? 'beat' : `${part.event.event} ${part.id}`)
    return found
  }

  test('may be cut anywhere', async () => {
    const whole = 'event: ready\nid: b-1\ndata: {}\n\n:\n\nevent: peer-gone\ndata: {"peerId":"é"}\n\n'
    for (let at = 0; at < whole.length; at += 1)
      expect(await parts(whole.slice(0, at), whole.slice(at))).toEqual(['ready b-1', 'beat', 'peer-gone '])
  })

  test.each([
    ['an event of a later version', 'event: news\ndata: {}\n\n'],
    ['data that is no JSON', 'event: ready\ndata: {\n\n'],
    ['data of another shape', 'event: project\ndata: {"title":7}\n\n'],
    ['only a sign of life', ':\n\n']
  ])('%s is a beat', async (_, text) => {
    expect(await parts(text)).toEqual(['beat'])
  })

  test('what has no end is no event stream', async () => {
    const megabyte = 'x'.repeat(1024 * 1024)
    await expect(parts(...Array<string>(17).fill(megabyte))).rejects.toThrow('too long')
  })
})
