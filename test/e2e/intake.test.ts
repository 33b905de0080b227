import { createWriteStream } from 'node:fs'
import { access, appendFile, copyFile, mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { tinyClip } from './clips.ts'
import { getStatus, SVT_PARAMS, TestSwarm, whenProject, type SpawnedNode } from './harness.ts'
import type { DryRun, ProjectStatus } from '../../src/api/schemas/index.ts'

let swarm: TestSwarm
let node: SpawnedNode
let token: string
/** Of a test. */
let folder: string
let count = 0

const SVT = ['--encoder', 'svt', '--params', SVT_PARAMS]

beforeAll(async () => {
  swarm = await TestSwarm.create()
  node = await swarm.startNode({ name: 'one', workers: 2 })
  token = (await readFile(join(node.dataDir, 'api-token'), 'utf8').catch(() => '')).trim()
})

beforeEach(async () => {
  folder = join(swarm.folder, `test-${(count += 1)}`)
  await mkdir(folder)
})

afterEach(async () => {
  const { projects } = await getStatus(node.url)
  for (const { projectId } of projects) await fetch(`${node.url}/api/v2/projects/${projectId}`, { method: 'DELETE' })
  await run('resume')
})

afterAll(async () => {
  await swarm.stop()
})

const run = async (...args: readonly string[]) => swarm.ask([...args, '--data-dir', node.dataDir])
const until = async (id: string, state: ProjectStatus['state']): Promise<ProjectStatus> =>
  whenProject(node.url, id, `to be ${state}`, (project) => project.state === state)

async function film(name = 'film.mkv'): Promise<string> {
  const path = join(folder, name)
  await copyFile((await tinyClip()).path, path)
  return path
}

/** Begins a file whose writer goes on until it is stopped; then the rest is written. */
async function writtenFilm(): Promise<{ readonly path: string; readonly finish: () => Promise<void> }> {
  const whole = await readFile((await tinyClip()).path)
  const path = join(folder, 'growing.mkv')
  await writeFile(path, whole.subarray(0, 1000))
  let at = 1000
  const writer = setInterval(() => void appendFile(path, whole.subarray(at, (at += 10))), 100)
  return {
    path,
    finish: async () => {
      clearInterval(writer)
      await writeFile(path, whole)
    }
  }
}

async function post(route: string, body: object): Promise<{ readonly status: number; readonly json: unknown }> {
  const response = await fetch(`${node.url}/api/v2/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body)
  })
  return { status: response.status, json: await response.json() }
}

test('a file that grows is refused, with what to do', async () => {
  const { path, finish } = await writtenFilm()
  const { exitCode, stderr } = await run('submit', path, ...SVT, '--detach')
  await finish()
  expect(exitCode).not.toBe(0)
  expect(stderr).toContain('growing.mkv was refused: the file is still growing')
  expect(stderr).toContain('--wait-complete')
  expect((await getStatus(node.url)).projects).toEqual([])
})

test('a file that grows is waited for, over a restart, and becomes the project', async () => {
  const { path, finish } = await writtenFilm()
  const id = await swarm.submit(node, path, [...SVT, '--wait-complete'])
  const waiting = await until(id, 'waiting')
  expect(waiting.reason).toContain('not complete yet')
  const status = await run('status')
  expect(status.stdout).toContain('growing.mkv')
  expect(status.stdout).toContain('waiting')
  node.signal('SIGTERM')
  await node.exited
  node = await swarm.startNode({ name: 'one', workers: 2, dataDir: node.dataDir })
  await until(id, 'waiting')
  await finish()
  const { outputPath } = await until(id, 'completed')
  expect(outputPath).toBe(join(folder, 'growing.svt.mkv'))
})

test('what is wrong with more than the source is known before the wait', async () => {
  const { path, finish } = await writtenFilm()
  const submitted = async (...args: readonly string[]) =>
    run('submit', path, ...SVT, '--wait-complete', '--detach', ...args)
  const name = (file: string): string => join(folder, file)
  const wrong = [
    [['--output', name('film.avi')], 'must end in .mkv, .webm or .mp4'],
    [['--output', name('nowhere/film.mkv')], 'cannot write into'],
    [['--output', name(`${'x'.repeat(252)}.mkv`)], 'too long'],
    [['--output', path, '--overwrite'], 'is the source itself'],
    [['--output', name('film.mp4'), '--keep-uids'], '.mkv'],
    [['--min-frames', '50', '--max-frames', '3'], 'shortest scene'],
    [['--range', '9-x'], 'neither a frame'],
    [['--sample', '0'], 'whole number']
  ] as const
  for (const [args, words] of wrong) {
    const { exitCode, stderr } = await submitted(...args)
    expect([exitCode === 0, stderr], args.join(' ')).toEqual([false, expect.stringContaining(words)])
  }
  const dry = await run('submit', path, ...SVT, '--wait-complete', '--dry-run')
  expect(dry.stderr).toContain('would wait until it is complete')
  expect((await getStatus(node.url)).projects).toEqual([])
  const { stdout: id } = await submitted()
  // The same again goes on with it.
  expect((await submitted()).stdout).toBe(id)
  expect((await run('output', id.trim(), name('film.avi'))).stderr).toContain('must end in')
  expect((await run('status')).stdout).toContain('growing.mkv waits: The source is not complete yet')
  expect((await run('output', id.trim(), name('other.mkv'))).exitCode).toBe(0)
  await finish()
  expect((await until(id.trim(), 'completed')).outputPath).toBe(name('other.mkv'))
})

test('what waits is cancelled by its id, and leaves nothing', async () => {
  const { path, finish } = await writtenFilm()
  const id = await swarm.submit(node, path, [...SVT, '--wait-complete'])
  await until(id, 'waiting')
  const { stdout, exitCode } = await run('cancel', id.slice(0, 10))
  await finish()
  expect([exitCode, stdout]).toEqual([0, `cancelled ${id} (growing.mkv)`])
  await until(id, 'cancelled')
  await fetch(`${node.url}/api/v2/projects/${id}`, { method: 'DELETE' })
  expect((await getStatus(node.url)).projects).toEqual([])
  await expect(access(join(node.dataDir, 'projects', id))).rejects.toThrow('ENOENT')
})

test('a file that was complete long ago does not wait, whatever was asked for', async () => {
  const path = await film()
  await utimes(path, 1, 1)
  await run('pause')
  const id = await swarm.submit(node, path, [...SVT, '--wait-complete'])
  expect((await getStatus(node.url)).projects).toMatchObject([{ projectId: id, width: 112 }])
})

test("a link's film lies beside the link, under its name; so does a link to a link", async () => {
  const path = await film()
  const [links, more] = [join(folder, 'links'), join(folder, 'more')]
  await mkdir(links)
  await mkdir(more)
  await symlink(path, join(links, 'called.mkv'))
  await symlink(join(links, 'called.mkv'), join(more, 'again.mkv'))
  await symlink(links, join(folder, 'door'))
  const dry = async (input: string) =>
    (await post('dry-run', { input, encoder: 'svt', encoderParams: SVT_PARAMS })).json as DryRun
  expect(await dry(join(links, 'called.mkv'))).toMatchObject({ output: join(links, 'called.svt.mkv') })
  expect(await dry(join(more, 'again.mkv'))).toMatchObject({ output: join(more, 'again.svt.mkv') })
  expect(await dry(join(folder, 'door', 'called.mkv'))).toMatchObject({ output: join(links, 'called.svt.mkv') })
  await run('pause')
  await swarm.submit(node, join(links, 'called.mkv'), SVT)
  expect((await getStatus(node.url)).projects).toMatchObject([{ title: 'called.mkv' }])
})

test('all films of a folder, twice: results are no films', async () => {
  const path = await film()
  const other = await film('other.mkv')
  await until(await swarm.submit(node, path, SVT), 'completed')
  const result = join(folder, 'film.svt.mkv')
  const second = await run('submit', result, other, ...SVT, '--dry-run')
  expect(second.exitCode).toBe(0)
  expect(second.stderr).toContain('film.svt.mkv would be refused: grav1 made this file')
  await run('pause')
  const third = await run('submit', result, other, ...SVT, '--detach')
  expect(third.exitCode).toBe(0)
  expect(third.stderr).toContain('film.svt.mkv: skipped: grav1 made this file; --encode-results')
  const alone = await run('submit', result, ...SVT, '--detach')
  expect(alone.exitCode).not.toBe(0)
  expect((await run('submit', result, ...SVT, '--detach', '--encode-results')).exitCode).toBe(0)
  const titles = (await getStatus(node.url)).projects.map(({ title }) => title)
  expect(titles.toSorted()).toEqual(['film.mkv', 'film.svt.mkv', 'other.mkv'])
})

test('a dry run and a submission say the same of each', async () => {
  const path = await film()
  const long = join(folder, `${'n'.repeat(256)}.mkv`)
  await writeFile(join(folder, 'taken.mkv'), '')
  await writeFile(join(folder, 'song.mp3'), Buffer.concat([Buffer.from('ID3'), Buffer.alloc(600)]))
  createWriteStream(join(folder, 'empty.mkv')).end()
  const requests: readonly object[] = [
    {},
    { deinterlace: true, audio: 'opus', builds: 'compatible' },
    { range: '10f-40f', zones: [{ start: 0, end: 20, params: '--crf 50' }] },
    { input: join(folder, 'song.mp3') },
    { input: join(folder, 'empty.mkv') },
    { input: folder },
    { encoder: 'no such' },
    { encoderParams: '--no-such-flag' },
    { encoderParams: '--crf 5000' },
    { range: 'never' },
    { sample: -1 },
    { audio: 'loud' },
    { output: join(folder, 'taken.mkv') },
    { output: path, overwrite: true },
    { output: long },
    { output: join(folder, 'nowhere', 'a.mkv') },
    { output: join(folder, 'a.avi') },
    { minFrames: 100, maxFrames: 10 }
  ]
  await run('pause')
  for (const change of requests) {
    const request = { input: path, encoder: 'svt', encoderParams: SVT_PARAMS, ...change }
    const dry = (await post('dry-run', request)).json as DryRun
    const { status, json: answer } = await post('projects', request)
    const json = answer as Record<string, unknown>
    if (status === 201) {
      expect({ request, said: dry.warnings }).toEqual({ request, said: json['warnings'] })
      await fetch(`${node.url}/api/v2/projects/${String(json['projectId'])}`, { method: 'DELETE' })
    } else {
      const said = { code: json['code'], detail: json['detail'], field: json['field'] ?? null }
      expect({ request, said: dry.refusal }).toEqual({ request, said })
    }
  }
  await rm(path)
})
