import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { expect, test } from 'vitest'
import { createAnswerJoins } from '../../../../src/node/invites/answer-joins.ts'
import { type InviteBook, openInviteBook } from '../../../../src/node/invites/invite-book.ts'
import { createWaitingLine, type WaitingLine } from '../../../../src/node/invites/waiting-line.ts'
import { askFor, createSigner, newSecret, ticketOf } from '../../../../src/swarm/index.ts'
import { silent } from '../../../fixtures/swarm-node.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'
import type { Ed25519PrivateKey } from '@libp2p/interface'

const KEY = Buffer.from('the key')
const host = createSigner(await generateKeyPair('Ed25519'))
const guests = await Promise.all([1, 2, 3].map(async () => generateKeyPair('Ed25519')))
const [ann, bob, eve] = guests as [Ed25519PrivateKey, Ed25519PrivateKey, Ed25519PrivateKey]

type Question = Awaited<ReturnType<typeof askFor>>

/** A door on a book of its own, whose clocks a test sets. */
async function setUp({ holdMs = 60_000 } = {}) {
  const file = join(await tempDir(), 'invites.json')
  const banned = new Set<string>()
  const clock = { wallMs: 1_800_000_000_000, ms: 0 }
  const open = async (): Promise<InviteBook> => openInviteBook(file, () => clock.wallMs)
  let book = await open()
  const first = Promise.withResolvers<string>()
  const line: WaitingLine = createWaitingLine({ onNew: ({ id }) => first.resolve(id), holdMs, nowMs: () => clock.ms })
  const door = (of: InviteBook) =>
    createAnswerJoins({
      signer: host,
      swarmKey: KEY,
      book: of,
      line,
      isBanned: (peer) => banned.has(peer),
      log: silent,
      nowMs: () => clock.ms
    })
  let answer = door(book)
  const put = async (question: Question | undefined, range: string) => {
    if (question === undefined) throw new Error('no question')
    return question.open(await answer(question.envelope, range, undefined))
  }
  return {
    file,
    banned,
    clock,
    line,
    first: first.promise,
    book: () => book,
    restart: async () => {
      book = await open()
      answer = door(book)
    },
    invite: async (request: { uses?: number; ask?: boolean } = {}) => {
      const secret = newSecret()
      const whole = { expiresInMs: 3_600_000, ask: false, name: 'the office', ...request }
      return { secret, info: await book.add(whole, await ticketOf(secret)) }
    },
    put,
    ask: async (key: Ed25519PrivateKey, secret: string, range = '10.0.0.0/24') =>
      put(await askFor(key, { inviter: host.peerId, secret }, 'kitchen-nas'), range)
  }
}

test('a ticket lets in one machine, which may ask again, also after a restart', async () => {
  const { invite, ask, restart, book } = await setUp()
  const { secret } = await invite()
  expect(await ask(ann, secret)).toEqual({ status: 'welcome', swarmKey: KEY })
  expect(await ask(bob, secret)).toEqual({ status: 'used' })
  await restart()
  expect(await ask(ann, secret)).toEqual({ status: 'welcome', swarmKey: KEY })
  expect(await ask(bob, secret)).toEqual({ status: 'used' })
  expect(book().list()).toMatchObject([{ name: 'the office', state: 'used', joined: [{ name: 'kitchen-nas' }] }])
})

test('two machines that ask at the same time do not share one use', async () => {
  const { invite, ask } = await setUp()
  const { secret } = await invite({ uses: 2 })
  const answers = await Promise.all([ann, bob, eve].map(async (key) => ask(key, secret)))
  expect(answers.map(({ status }) => status).toSorted()).toEqual(['used', 'welcome', 'welcome'])
})

test('expired, revoked and unknown tickets let in nobody, who joined before neither', async () => {
  const { invite, ask, book, clock, restart } = await setUp()
  const [early, revoked] = [await invite({ uses: 5 }), await invite({ uses: 5 })]
  expect(await ask(ann, revoked.secret)).toMatchObject({ status: 'welcome' })
  await book().revoke(revoked.info.id)
  expect(await ask(ann, revoked.secret)).toEqual({ status: 'revoked' })
  expect(await ask(bob, revoked.secret)).toEqual({ status: 'revoked' })
  clock.wallMs = early.info.expiresAtMs
  expect(await ask(ann, early.secret)).toEqual({ status: 'expired' })
  expect(await ask(ann, newSecret())).toEqual({ status: 'unknown' })
  await restart()
  expect(book().list()).toMatchObject([{ state: 'expired' }, { state: 'revoked' }])
  await expect(book().revoke('nothing')).rejects.toMatchObject({ code: 'not-found' })
})

test('a banned peer is refused, and takes no use', async () => {
  const { invite, ask, banned } = await setUp()
  const { secret } = await invite()
  banned.add(createSigner(eve).peerId)
  expect(await ask(eve, secret)).toEqual({ status: 'refused' })
  expect(await ask(ann, secret)).toMatchObject({ status: 'welcome' })
})

test('the disk holds nothing that opens a ticket', async () => {
  const { invite, file } = await setUp()
  const { secret } = await invite()
  expect(await readFile(file, 'utf8')).not.toContain(secret)
})

test('a damaged file is an error that says what to do', async () => {
  const { file, restart } = await setUp()
  await writeFile(file, '[{"id": 1}]')
  await expect(restart()).rejects.toThrow(/delete it to revoke all/)
})

test('a thousand wrong secrets are slowed, from one place and from many', async () => {
  const { ask, clock, invite, put } = await setUp()
  const { secret } = await invite()
  // Made before: what counts is how many of them are looked at.
  const wrong = await Promise.all(
    [1, 2, 3, 4].map(async () => askFor(eve, { inviter: host.peerId, secret: newSecret() }, ''))
  )
  const tally = async (range: (index: number) => string): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {}
    for (let index = 0; index < 500; index += 1) {
      const { status } = await put(wrong[index % 4], range(index))
      counts[status] = (counts[status] ?? 0) + 1
    }
    return counts
  }
  expect(await tally(() => '203.0.113.0/24')).toEqual({ unknown: 30, 'too-many': 470 })
  // Somebody elsewhere is not locked out by it.
  expect(await ask(ann, secret)).toMatchObject({ status: 'welcome' })
  expect((await tally((index) => `203.0.${index}.0/24`))['unknown']).toBe(169)
  clock.ms += 60_000
  expect(await ask(eve, newSecret(), '203.0.113.0/24')).toEqual({ status: 'unknown' })
})

test('with ask a machine waits for the word of the user', async () => {
  const { invite, ask, line, first, book } = await setUp()
  const { secret } = await invite({ ask: true })
  expect(await ask(ann, secret)).toEqual({ status: 'waiting' })
  const id = await first
  const asked = ask(ann, secret)
  expect(line.list()).toMatchObject([{ id, name: 'kitchen-nas', inviteName: 'the office' }])
  await book().admit(line.find(id).holder, true)
  line.decided(id)
  expect(await asked).toEqual({ status: 'welcome', swarmKey: KEY })
  expect(line.list()).toEqual([])
})

test('a refused machine hears it, also when it asks again after a restart', async () => {
  const { invite, ask, line, first, book, restart } = await setUp()
  const { secret } = await invite({ ask: true, uses: 2 })
  expect(await ask(ann, secret)).toEqual({ status: 'waiting' })
  const id = await first
  const asked = ask(ann, secret)
  await book().refuse(line.find(id).holder)
  line.decided(id)
  expect(await asked).toEqual({ status: 'refused' })
  await restart()
  expect(await ask(ann, secret)).toEqual({ status: 'refused' })
})

test('without a word it is told to ask again, and who does not is forgotten', async () => {
  const { invite, ask, line, clock } = await setUp({ holdMs: 1 })
  const { secret } = await invite({ ask: true })
  expect(await ask(ann, secret)).toEqual({ status: 'waiting' })
  const [request] = line.list()
  expect(await ask(ann, secret)).toEqual({ status: 'waiting' })
  expect(line.list().map(({ id }) => id)).toEqual([request?.id])
  clock.ms += 31_000
  expect(line.list()).toEqual([])
  expect(() => line.find(request?.id ?? '')).toThrow('given up')
})

test('two hundred open invitations are the most', async () => {
  const { invite, book, file, restart } = await setUp()
  const { info } = await invite()
  const [kept] = JSON.parse(await readFile(file, 'utf8')) as object[]
  const others = Array.from({ length: 199 }, (_, index) => ({ ...kept, id: `other-${index}` }))
  await writeFile(file, JSON.stringify([kept, ...others]))
  await restart()
  await expect(invite()).rejects.toMatchObject({ code: 'too-many-invites' })
  await book().revoke(info.id)
  await invite()
  const open = book()
    .list()
    .filter(({ state }) => state === 'open')
  expect(open).toHaveLength(200)
})
