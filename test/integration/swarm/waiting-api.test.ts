import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encodeBeat, type Beat, type Waits } from '../../../src/swarm/protocol/index.ts'
import { SubmitError } from '../../../src/node/owner/submit-error.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { member, type MemberOwner } from '../../fixtures/swarm-member.ts'
import { connect } from '../../fixtures/swarm-node.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

/** A, which owns a project with its source in its media folder, and B, which knows it. */
async function ownerAndOther({ trusts, ...owner }: Partial<MemberOwner> & { readonly trusts: boolean }) {
  const media = join(await realpath(await tempDir()), 'films')
  await mkdir(media)
  const b = await member()
  const source = join(media, 'film.mkv')
  const a = await member({ trust: trusts ? [b.peer.id] : [], media: [media], owner: { source, ...owner } })
  const { projectId } = await a.peer.announce()
  await connect(b.peer.node, a.peer.node)
  await eventually('b knows the project', () => b.peer.book.views.has(projectId))
  return { a, b, projectId, media, path: `/api/v2/projects/${projectId}` }
}

test('at B, for a project of A, who trusts B: it is tried again, and written elsewhere', async () => {
  const calls: unknown[][] = []
  const { b, path, projectId, media } = await ownerAndOther({
    trusts: true,
    retry: async (id) => calls.push(['retry', id]) > 0,
    setOutput: async (...call) => calls.push(call) > 0
  })
  expect(await b.post(`${path}/retry`)).toMatchObject([200, { projectId }])
  expect(await b.post(`${path}/output`, { output: 'new.mkv' })).toMatchObject([200, { projectId }])
  expect(calls).toEqual([
    ['retry', projectId],
    [projectId, join(media, 'new.mkv'), false]
  ])
})

test('what keeps A from it is said at B as at A', async () => {
  const { a, b, path } = await ownerAndOther({
    trusts: true,
    setOutput: async () => Promise.reject(new SubmitError('output-exists', 'there is one', { field: undefined }))
  })
  for (const one of [a, b]) {
    expect(await one.post(`${path}/retry`)).toMatchObject([409, { code: 'not-waiting' }])
    expect(await one.post(`${path}/output`, { output: 'new.mkv' })).toMatchObject([
      400,
      { code: 'output-exists', detail: 'there is one' }
    ])
    expect(await one.post(`${path}/output`, { output: '/etc/new.mkv' })).toMatchObject([
      400,
      { code: 'output-unwritable' }
    ])
  }
})

test('B replaces no file at A, and names none that is no name: A is not even asked', async () => {
  const { b, path } = await ownerAndOther({ trusts: true, setOutput: async () => true })
  expect(await b.post(`${path}/output`, { output: 'a.mkv', overwrite: true })).toMatchObject([409, { code: 'not-own' }])
  for (const output of ['a\n.mkv', 'a.mkv\0', 'x'.repeat(5000)])
    expect(await b.post(`${path}/output`, { output })).toMatchObject([400, { code: 'output-unwritable' }])
})

test('A does not trust B, though it is near: neither is done', async () => {
  const calls: unknown[] = []
  const { b, path } = await ownerAndOther({
    trusts: false,
    retry: async (id) => calls.push(id) > 0,
    setOutput: async (id) => calls.push(id) > 0
  })
  for (const [what, body] of [
    ['retry', {}],
    ['output', { output: 'new.mkv' }]
  ] as const)
    expect(await b.post(`${path}/${what}`, body)).toMatchObject([403, { code: 'not-allowed' }])
  expect(calls).toEqual([])
})

test.for([
  [
    { code: 'output-unwritable', detail: '' },
    /^the output folder is missing .* "grav1 retry \w+" .* "grav1 output \w+ <file>"/
  ],
  [{ code: 'source-away', detail: '' }, /^its source is missing at its owner\. .*"grav1 retry \w+" tries now$/],
  [{ code: 'other-maker', detail: 'aom/3.6.0/1f2e3d4c' }, /\(aom\/3\.6\.0\/1f2e3d4c\)/],
  [{ code: 'other-machine', detail: 'out of \u001b[2J memory' }, /another machine: out of \?\[2J memory$/]
] as const satisfies readonly (readonly [Waits, RegExp])[])(
  'why A’s project waits is shown at B: %o',
  async ([waits, words]) => {
    const { a, b, projectId } = await ownerAndOther({ trusts: false })
    const beat: Beat = {
      projectId,
      epoch: 1,
      beatNo: 1,
      state: 'waiting',
      sceneStates: [],
      leases: [],
      fps: 0,
      failures: [],
      waits,
      seq: 0
    }
    // As an owner does: one that goes out before the stream to B is open is lost.
    const sayUntilHeard = async (said: Beat): Promise<void> => {
      const envelope = await a.peer.signer.sign('beat', encodeBeat(said))
      await eventually(`b heard beat ${said.beatNo}`, () => {
        a.peer.gossip.say('beats', envelope)
        return b.peer.book.beats.get(projectId)?.beatNo === said.beatNo
      })
    }
    await sayUntilHeard(beat)
    const { state, reason } = await b.project(projectId)
    expect(state).toBe('waiting')
    expect(reason).toMatch(words)
    await sayUntilHeard({ ...beat, beatNo: 2, state: 'analysing', waits: undefined })
    expect(await b.project(projectId)).toMatchObject({ state: 'analysing', reason: '' })
  }
)
