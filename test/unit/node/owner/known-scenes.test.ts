import { expect, test } from 'vitest'
import { createKnownScenes } from '../../../../src/node/owner/known-scenes.ts'
import { acceptBody, announceBody, chainOf, endBody, foldAll, scenesBody } from '../../../fixtures/protocol-chains.ts'
import { BUILD, MAKER } from '../../../fixtures/owner-bench.ts'
import { announceSample, hashNo, OWNER, planNo, WORKER } from '../../../fixtures/protocol-samples.ts'
import type { LogChange } from '../../../../src/swarm/index.ts'
import type { Announce, LogBody, Maker, ProjectView } from '../../../../src/swarm/protocol/index.ts'

const plan = planNo(0, 0, 10)
const OTHER: Maker = { build: BUILD, probe: hashNo(7) }

function acceptedBy(maker: Maker | undefined, result = 1): LogBody {
  const body = acceptBody(0)
  if (body.type !== 'accept') throw new Error('no accept')
  return { ...body, accept: { ...body.accept, maker, result: { sha256: hashNo(result), bytes: 1 } } }
}

/** Projects that this node knows, with what is added while it runs. */
function bench() {
  const views = new Map<string, ProjectView>()
  let listener: (change: LogChange) => void = () => {}
  const onRecord = (next: (change: LogChange) => void) => {
    listener = next
    return () => {}
  }
  const write = (projectId: string, bodies: readonly LogBody[], owner = OWNER): void => {
    const chain = chainOf(bodies, { projectId, owner })
    const view = foldAll(chain)
    views.set(projectId, view)
    for (const { record } of chain) listener({ view, record, envelope: new Uint8Array(), own: true, proof: undefined })
  }
  return { views, write, known: () => createKnownScenes({ book: { views, onRecord }, peerId: OWNER }) }
}

const film = (...accepts: LogBody[]): LogBody[] => [announceBody, scenesBody(plan), ...accepts]

test('what was accepted before is found with the maker of its receipt, one for each maker', () => {
  const { write, known } = bench()
  write('a', film(acceptedBy(MAKER, 1)))
  const find = known()
  write('b', film(acceptedBy(OTHER, 2)))
  write('c', film(acceptedBy(MAKER, 3)))
  const found = find(announceSample, planNo(0, 0, 10)).map(({ maker, result, worker }) => ({ maker, result, worker }))
  expect(found).toEqual([
    { maker: MAKER, result: { sha256: hashNo(3), bytes: 1 }, worker: WORKER },
    { maker: OTHER, result: { sha256: hashNo(2), bytes: 1 }, worker: WORKER }
  ])
})

test.each<[string, Partial<Announce>, Partial<typeof plan>]>([
  ['other frames', {}, { inputHash: hashNo(9) }],
  ['other parameters', { encoderParams: '--cpu-used=5' }, {}],
  ['parameters of its own', {}, { encoderParams: '--cpu-used=5' }],
  ['another build', { encoderBuild: 'aom/3.7.0/00000000' }, {}],
  ['another class of threads', { threads: 'one' }, {}],
  ['another range', { range: 'pc' }, {}]
])('a scene with %s is another', (_name, announce, change) => {
  const { write, known } = bench()
  write('a', film(acceptedBy(MAKER)))
  expect(known()({ ...announceSample, ...announce }, { ...plan, ...change })).toEqual([])
})

test('a receipt that names no maker, one of another owner and one of a removed project are not used', () => {
  const { write, known } = bench()
  write('a', film(acceptedBy(undefined)))
  write('b', film(acceptedBy(MAKER)), WORKER)
  write('c', film(acceptedBy(OTHER)))
  const find = known()
  expect(find(announceSample, plan)).toHaveLength(1)
  write('c', film(acceptedBy(OTHER), endBody('removed')))
  expect(find(announceSample, plan)).toEqual([])
})

test.each([
  ['was there before', true],
  ['comes while it runs', false]
])('a worker that was caught proves nothing in other projects either, where that %s', (_name, isEarly) => {
  const { write, known } = bench()
  const bad: LogBody = { type: 'withdraw', withdraw: { worker: WORKER, reason: '' } }
  const proved = acceptedBy(OTHER, 2)
  const isProved = (body: LogBody): LogBody =>
    body.type === 'accept' ? { ...body, accept: { ...body.accept, provedBy: OWNER } } : body
  write('a', film(acceptedBy(MAKER)))
  write('b', film(isProved(proved)))
  if (isEarly) write('c', film(acceptedBy(MAKER), bad))
  const find = known()
  if (!isEarly) write('c', film(acceptedBy(MAKER), bad))
  expect(find(announceSample, plan).map(({ maker, provedBy }) => ({ maker, provedBy }))).toEqual([
    { maker: OTHER, provedBy: OWNER }
  ])
})
