import { access, chown, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadConfig } from '../../../src/node/config/index.ts'
import type { Config } from '../../../src/node/config/types.ts'
import { newSwarmKey } from '../../../src/node/disk/swarm-key.ts'
import type { MadeInvite } from '../../../src/api/schemas/index.ts'
import { keepWarm, warmUp } from '../../e2e/warm.ts'
import { runGrav1, withDaemon } from '../../fixtures/data-folder-node.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { eventually } from '../../fixtures/eventually.ts'

/** A node that invites, and other data folders on this machine, which join with the command line. */
let folder: Awaited<ReturnType<typeof tempFolder>>
const isRoot = process.getuid?.() === 0
/** A user number that nobody has to have. */
const SOMEBODY = 12_345
const DEADLINE = { deadlineMs: 120_000 }

const at = (name: string): string => join(folder.path, name)

async function configOf(name: string, more: Record<string, unknown> = {}): Promise<Config> {
  const flags = { dataDir: at(name), name, workers: '0', apiPort: '0', logLevel: 'silent', ...more }
  const loaded = await loadConfig({ flags, env: { GRAV1_CONFIG: at('empty.toml') }, cwd: folder.path })
  return { ...loaded, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false }
}

const grav1 = async (name: string, ...argv: readonly string[]) =>
  runGrav1(argv, {
    env: { GRAV1_CONFIG: at('empty.toml'), GRAV1_DATA_DIR: at(name), GRAV1_NAME: name },
    cwd: folder.path
  })

const host = async (): Promise<Config> => configOf('host', { swarmKey: at('swarm.key') })

async function invite(...more: readonly string[]): Promise<MadeInvite & { readonly command: string }> {
  const { code, out, err } = await grav1('host', 'invite', '--json', ...more)
  expect([code, err]).toEqual([0, expect.anything()])
  return JSON.parse(out) as MadeInvite & { command: string }
}

beforeAll(async () => {
  folder = await tempFolder()
  await writeFile(at('empty.toml'), '')
  await writeFile(at('swarm.key'), newSwarmKey(), { mode: 0o600 })
  await writeFile(at('other.key'), newSwarmKey(), { mode: 0o600 })
  await ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=25:d=0.4', '-c:v', 'libx264', at('film.mkv'))
  await Promise.all([warmUp(at('host')), warmUp(at('nas'))])
})
afterAll(async () => {
  await keepWarm(at('host'))
  await folder.remove()
})

test('with one text a machine is in a private swarm and encodes for it', async () => {
  await withDaemon(await host(), async (client, daemon) => {
    const { text, command, invite: made } = await invite('--for', 'the kitchen')
    expect(command).toBe(`grav1 join ${text}`)
    if (isRoot) await chown(at('nas'), SOMEBODY, SOMEBODY)
    expect(await grav1('nas', 'join', text)).toEqual({
      code: 0,
      out: `This machine joined the private swarm of ${daemon.peerId}.\nStart a node with "grav1 node", or one that always runs with "grav1 service install --user".`,
      err: ''
    })
    expect((await stat(join(at('nas'), 'swarm.key'))).mode & 0o777).toBe(0o600)
    expect(await client.invites()).toMatchObject([{ id: made?.id, state: 'used', joined: [{ name: 'nas' }] }])

    // The folder of a service belongs to another user than root.
    for (const file of isRoot ? ['identity.key', 'joined.json', 'swarm.key', ''] : []) {
      const path = join(at('nas'), file)
      expect((await stat(path)).uid, file).toBe(SOMEBODY)
      // The node of this test is root's, and its sandbox sees no folder of others.
      await chown(path, 0, 0)
    }

    // Nobody tells this node where the other one is, nor the key: the data folder knows both.
    await withDaemon(await configOf('nas', { workers: '1' }), async (_, nas) => {
      await eventually(
        'it is connected',
        async () =>
          (await client.peers()).some((one) => one.peerId === nas.peerId && one.connected && one.class === 'member'),
        DEADLINE
      )
      const params = { encoder: 'svt', encoderParams: '--preset 10 --crf 45' }
      const { projectId } = await client.submit({ input: at('film.mkv'), ...params })
      await eventually(
        'the film is complete',
        async () => (await client.project(projectId)).state === 'completed',
        DEADLINE
      )
      const { items } = await client.scenes(projectId)
      expect(items.map(({ worker }) => worker)).toEqual([nas.peerId])
      expect(await grav1('nas', 'join', text)).toMatchObject({
        code: 0,
        out: expect.stringMatching(/already in this swarm.*\nRestart the node that runs here/) as string
      })
    })
  })
})

test('what does not help is refused with a sentence, and changes nothing', async () => {
  const nothing = async (name: string): Promise<void> =>
    expect(access(join(at(name), 'joined.json')), name).rejects.toThrow()
  await withDaemon(await host(), async (client, daemon) => {
    const used = await invite()
    expect((await grav1('first', 'join', used.text)).code).toBe(0)
    const revoked = await invite('--uses', '3', '--expires', '7d')
    expect(await grav1('host', 'invite', 'revoke', revoked.invite?.id ?? '')).toMatchObject({ code: 0 })
    for (const [text, code, words] of [
      [used.text, 1, 'used up'],
      [revoked.text, 1, 'was revoked'],
      [used.text.slice(0, 60), 2, 'cut off'],
      [used.text.replace(/.{5}$/, 'AAAAA'), 2, 'wrong character'],
      ['grav1 join', 2, 'not an invitation']
    ] as const)
      expect(await grav1('second', 'join', text), words).toMatchObject({
        code,
        err: expect.stringContaining(words) as string
      })
    await nothing('second')
    const own = await grav1('host', 'join', used.text)
    expect(own).toMatchObject({ code: 1, err: expect.stringContaining('made the invitation itself') as string })
    expect(await grav1('host', 'invite', 'list')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/used.*\n.*revoked/) as string
    })
    expect(await client.invites()).toMatchObject([{}, { state: 'used' }, { state: 'revoked' }])

    // Who is in another swarm has to say that it leaves it.
    const { text } = await invite('--uses', '2')
    await withDaemon(await configOf('elsewhere', { swarmKey: at('other.key') }), async () => {})
    expect((await loadConfig({ flags: { dataDir: at('first') }, env: {}, cwd: '/' })).swarmKey).toBe(
      join(at('first'), 'swarm.key')
    )
    const given = await runGrav1(['join', text], {
      env: { GRAV1_CONFIG: at('empty.toml'), GRAV1_DATA_DIR: at('elsewhere'), GRAV1_SWARM_KEY: at('other.key') },
      cwd: folder.path
    })
    expect(given).toMatchObject({ code: 1, err: expect.stringContaining('Remove "swarm-key"') as string })
    await nothing('elsewhere')
    const open = await withOpenInvite()
    const refused = await grav1('first', 'join', open)
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringContaining(`an invitation of ${daemon.peerId}`) as string
    })
    expect(await grav1('first', 'join', open, '--force')).toMatchObject({ code: 0 })
    expect((await loadConfig({ flags: { dataDir: at('first') }, env: {}, cwd: '/' })).swarmKey).toBeUndefined()
  })
  const unreachable = await grav1('second', 'join', await lostInvite())
  expect(unreachable).toMatchObject({ code: 1, err: expect.stringContaining('was not reached') as string })
})

/** Of a node of an open swarm, which does not run any more. */
async function withOpenInvite(): Promise<string> {
  return withDaemon(await configOf('open'), async (client) => {
    await expect(client.invite({ expiresInMs: 60_000, ask: true, name: '' })).rejects.toMatchObject({
      code: 'open-swarm',
      field: 'ask'
    })
    const { text, invite: made } = await client.invite({ expiresInMs: 60_000, ask: false, name: '' })
    expect(made).toBeNull()
    return text
  })
}

let kept = ''
/** Of the host, which does not run any more. */
async function lostInvite(): Promise<string> {
  if (kept === '') kept = await withDaemon(await host(), async () => (await invite()).text)
  return kept
}

test('with --ask the user says who joins', async () => {
  await withDaemon(await host(), async (client, daemon) => {
    const { text } = await invite('--ask', '--uses', '2')
    const asked = async (name: string): Promise<string> => {
      let id = ''
      await eventually(
        `${name} asks`,
        async () => {
          id = (await client.status()).node.joinRequests?.find((one) => one.name === name)?.id ?? ''
          return id !== ''
        },
        DEADLINE
      )
      return id
    }
    const cellar = grav1('cellar', 'join', text)
    const id = await asked('cellar')
    expect(await grav1('host', 'peers', 'requests')).toMatchObject({
      code: 0,
      out: expect.stringMatching(`^${id}  cellar \\(12D3`) as string
    })
    expect(await grav1('host', 'peers', 'accept', 'cellar')).toMatchObject({ code: 0 })
    expect(await cellar).toMatchObject({
      code: 0,
      out: expect.stringContaining(`private swarm of ${daemon.peerId}`) as string,
      err: expect.stringContaining('for the answer') as string
    })
    const attic = grav1('attic', 'join', text)
    await client.answerJoin(await asked('attic'), false)
    expect(await attic).toMatchObject({ code: 1, err: expect.stringContaining('refused this machine') as string })
    expect((await readFile(join(at('host'), 'invites.json'), 'utf8')).includes('cellar')).toBe(true)
  })
})

test('a program without the token invites nobody', async () => {
  await withDaemon(await host(), async (_, daemon) => {
    const headers = { 'content-type': 'application/json' }
    for (const [method, path, body] of [
      ['GET', 'invites', undefined],
      ['POST', 'invites', '{}'],
      ['DELETE', 'invites/abc', undefined],
      ['PUT', 'join-requests/abc', '{"answer":"accept"}']
    ] as const) {
      const answer = await fetch(`${daemon.apiUrl}/api/v2/${path}`, { method, headers, ...(body && { body }) })
      expect([path, answer.status]).toEqual([path, 403])
    }
  })
})
