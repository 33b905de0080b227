import { setImmediate as turnOver } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { createPreparationLine, type LinedProject, type Turn } from '../../../../src/node/owner/preparation-line.ts'
import { createOwnerState, DEFAULT_TIMING, stepOwner, type OwnerState } from '../../../../src/swarm/protocol/index.ts'
import { MAKING } from '../../../fixtures/owner-bench.ts'
import { announceSample, planNo } from '../../../fixtures/protocol-samples.ts'

const over = new AbortController()
afterEach(() => expect(over.signal.aborted).toBe(false))

/** Films of a node that are in the line, with what they are told. */
function bench(pieceQuotaBytes = 1000) {
  const projects = new Map<string, LinedProject>()
  const places = new Map<string, number | undefined>()
  const order: string[] = []
  const line = createPreparationLine(
    { projects: () => projects.values(), tell: (id, before) => void places.set(id, before) },
    { pieceQuotaBytes }
  )
  const change = (id: string, make: (state: OwnerState) => OwnerState): void => {
    const project = projects.get(id)
    if (project != null) projects.set(id, { ...project, state: make(project.state) })
    line.look()
  }
  return {
    line,
    places,
    order,
    submit: (id: string, { priority = 0, isQuick = false, signal = over.signal } = {}): Turn => {
      const announce = { ...announceSample, createdAtMs: projects.size }
      const scenes = Array.from({ length: 4 }, (_, index) => {
        const plan = planNo(index, index * 10, 10)
        return { plan: { ...plan, piece: { ...plan.piece, bytes: 100 } }, accepted: undefined }
      })
      const state = createOwnerState(id, 1, DEFAULT_TIMING, MAKING)
      projects.set(id, { state, view: { priority, announce, scenes } })
      const turn = line.enter(id, isQuick, signal)
      turn.come.then(
        () => order.push(id),
        () => order.push(`not ${id}`)
      )
      return turn
    },
    prioritise: (id: string, priority: number): void => {
      const project = projects.get(id)
      if (project != null) projects.set(id, { ...project, view: { ...project.view, priority } })
      line.look()
    },
    scene: (id: string) =>
      change(
        id,
        (state) => stepOwner(state, { type: 'scene', frames: 10, accepted: false, ready: true, nowMs: 0 }).state
      ),
    accept: (id: string) =>
      change(id, (state) => ({
        ...state,
        queue: [],
        scenes: state.scenes.map((scene) => ({ ...scene, accepted: true }))
      })),
    end: (id: string) => void projects.delete(id)
  }
}

/** Everything that was begun is over: a look comes with the next turn of the event loop. */
async function settled(): Promise<void> {
  for (let n = 0; n < 3; n += 1) await turnOver()
}

test('one after the other in order; who waits hears how many come before', async () => {
  const { submit, order, places, prioritise, end } = bench()
  const [first] = [submit('a'), submit('b'), submit('c')]
  await settled()
  expect(order).toEqual(['a'])
  expect(Object.fromEntries(places)).toEqual({ a: undefined, b: 1, c: 2 })
  // It is sooner than the one that is being prepared, so it does not wait for that.
  prioritise('c', -1)
  await settled()
  expect(order).toEqual(['a', 'c'])
  expect(places.get('b')).toBe(2)
  first.end()
  end('a')
  await settled()
  expect(order).toEqual(['a', 'c'])
})

test('films that come together are put in order before the first has its turn', async () => {
  const { submit, order, line } = bench()
  const together = line.gather()
  submit('a')
  submit('b', { priority: -1 })
  await settled()
  expect(order).toEqual([])
  together()
  await settled()
  expect(order).toEqual(['b'])
})

test('who is cancelled leaves the line, waiting, in its turn or before a piece', async () => {
  const { submit, order, line, scene } = bench(0)
  const [one, two] = [new AbortController(), new AbortController()]
  const turn = submit('a', { signal: one.signal })
  submit('b', { signal: two.signal })
  submit('c')
  await settled()
  two.abort(new Error('cancelled'))
  await settled()
  expect(order).toEqual(['a', 'not b'])
  scene('a')
  const cut = line.mayCut('a', one.signal)
  cut.catch(() => {})
  one.abort(new Error('cancelled'))
  await expect(cut).rejects.toThrow('cancelled')
  await expect(line.mayCut('a', one.signal)).rejects.toThrow('cancelled')
  await settled()
  expect(order).toEqual(['a', 'not b'])
  turn.end()
  expect(() => submit('d', { signal: AbortSignal.abort(new Error('over')) })).not.toThrow()
})

test('what turns out to need nobody has its turn beside the others; nothing is looked at whose turn came', async () => {
  const { submit, order } = bench()
  let asked = 0
  const [a, b, c] = [submit('a'), submit('b'), submit('c')]
  await settled()
  const answer = (isQuick: boolean) => async (): Promise<boolean> => {
    asked += 1
    return isQuick
  }
  a.askWhetherQuick(answer(true))
  b.askWhetherQuick(async () => {
    throw new Error('the source cannot be read')
  })
  c.askWhetherQuick(answer(true))
  await settled()
  expect([asked, order]).toEqual([1, ['a', 'c']])
  c.end()
  await settled()
  expect(order).toEqual(['a', 'c'])
})

/** Asks for pieces, and keeps how to say that they are cut. */
function cutter({ line }: ReturnType<typeof bench>) {
  const made: (() => void)[] = []
  async function cut(): Promise<void> {
    made.push(await line.mayCut('a', over.signal))
  }
  return { made, ask: (): void => void cut().catch(() => {}) }
}

test('pieces are cut up to the quota, then as many as are asked for; what is accepted makes room', async () => {
  const films = bench(200)
  await films.submit('a').come
  const { made, ask } = cutter(films)
  for (const expected of [1, 2]) {
    ask()
    await settled()
    expect(made).toHaveLength(expected)
    films.scene('a')
    made.at(-1)?.()
  }
  // 200 bytes are here, and two scenes may be claimed.
  ask()
  await settled()
  expect(made).toHaveLength(2)
  films.accept('a')
  await settled()
  expect(made).toHaveLength(3)
})

test('what is being cut counts as a scene to claim, until it is cut or could not be', async () => {
  const films = bench(0)
  await films.submit('a').come
  const { made, ask } = cutter(films)
  ask()
  ask()
  await settled()
  expect(made).toHaveLength(1)
  made[0]?.()
  // It is said once, however often.
  made[0]?.()
  films.line.look()
  await settled()
  expect(made).toHaveLength(2)
  await expect(films.line.mayCut('b', over.signal)).rejects.toThrow('not being prepared')
})
