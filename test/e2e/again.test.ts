import { copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AOM_PARAMS, sha256, TestSwarm } from './harness.ts'
import { warmUp } from './warm.ts'

let swarm: TestSwarm

beforeEach(async () => {
  swarm = await TestSwarm.create()
})
afterEach(async () => {
  await swarm.stop()
})

interface Event {
  readonly event: string
  readonly projectId?: string
  readonly state?: string
  readonly attached?: boolean
  readonly scenes?: { readonly done: number; readonly total: number }
}

const eventOf = (line: string): Event => JSON.parse(line) as Event

/** Three scenes, and sound that takes seconds to encode at the end. */
async function clip(path: string): Promise<void> {
  const pictures = ['testsrc2=s=160x90:r=24:d=1', 'rgbtestsrc=s=160x90:r=24:d=1', 'smptehdbars=s=160x90:r=24:d=1']
  const inputs = pictures.flatMap((picture) => ['-f', 'lavfi', '-i', picture])
  const joined = ['-filter_complex', '[0][1][2]concat=n=3', '-c:v', 'libx264', '-preset', 'ultrafast']
  const sound = ['-f', 'lavfi', '-i', 'anoisesrc=d=150:r=48000:a=0.1', '-c:a', 'flac']
  await execa('ffmpeg', ['-v', 'error', ...inputs, ...sound, ...joined, '-map', '3:a', path])
}

const ARGS = ['--params', AOM_PARAMS, '--audio', 'opus', '--workers', '1', '--json'] as const
const ALONE = ['--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0'] as const

test('a command that is interrupted while it analyses, encodes and joins goes on, to the same bytes', async () => {
  const [film, other] = [join(swarm.folder, 'film.mkv'), join(swarm.folder, 'other.mkv')]
  await clip(film)
  await warmUp(join(swarm.folder, 'data/grav1'))
  await copyFile(film, other)
  const command = ['submit', 'film.mkv', ...ARGS, ...ALONE, '--nice', '0']
  const until = async (isReached: (event: Event) => boolean): Promise<Event[]> =>
    (await swarm.interrupt(command, (line) => isReached(eventOf(line)))).map(eventOf)

  const [first, ...rest] = await until(({ event }) => event === 'progress')
  expect(first).toMatchObject({ event: 'submitted', attached: false })
  expect(rest.at(-1)).toMatchObject({ event: 'progress', scenes: { done: 0 } })
  const encoding = await until(({ scenes }) => scenes !== undefined && scenes.done >= 1)
  expect(encoding[0]).toMatchObject({ event: 'submitted', attached: true, projectId: first?.projectId })
  const joining = await until(({ state }) => state === 'joining')
  expect(joining[1]?.scenes?.done).toBeGreaterThanOrEqual(1)
  expect((await readdir(swarm.folder)).filter((name) => name.endsWith('.aom.mkv'))).toEqual([])

  const { exitCode, stdout, stderr } = await swarm.run(command)
  expect(exitCode, stderr).toBe(0)
  expect(eventOf(stdout.split('\n')[0] ?? '')).toMatchObject({ attached: true, projectId: first?.projectId })
  const fresh = join(swarm.folder, 'fresh')
  await warmUp(fresh)
  const alone = await swarm.run(['submit', 'other.mkv', ...ARGS, ...ALONE, '--data-dir', fresh])
  expect(alone.exitCode, alone.stderr).toBe(0)
  expect(sha256(join(swarm.folder, 'film.aom.mkv'))).toBe(sha256(join(swarm.folder, 'other.aom.mkv')))

  // Once more: it is there.
  const done = await swarm.run(command)
  expect([done.exitCode, done.stdout]).toEqual([0, expect.stringContaining('"attached":true')])
})
