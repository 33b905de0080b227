import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createOwnerService, type OwnerServiceComponents } from '../../../../src/node/owner/owner-service.ts'
import { keptProject, readKeptProject } from '../../../../src/node/owner/kept-job.ts'
import { encodeChecked } from '../../../../src/storage/checked-json.ts'
import { createOwnStore, type OwnDamage, type StoredProject, type OwnStore } from '../../../../src/storage/index.ts'
import { createMemoryOwnStore } from '../../../fixtures/memory-own-store.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

/** Files that releases wrote, as they lay on the disk; `0` is the layout before there were numbers. */
const FILES = join(import.meta.dirname, '../../../fixtures/kept-files')
const fileOf = (name: string): string => join(FILES, `job-0-${name}.txt`)

async function storeOf(...names: string[]): Promise<{ store: OwnStore; folder: string; told: OwnDamage[] }> {
  const folder = await tempDir()
  const told: OwnDamage[] = []
  for (const name of names) {
    await mkdir(join(folder, name))
    await copyFile(fileOf(name), join(folder, name, 'job.json'))
  }
  const store = await createOwnStore(folder, { onDamage: (damage) => told.push(damage) })
  onTestFinished(store.close)
  return { store, folder, told }
}

async function stored(name: string): Promise<StoredProject> {
  const [project] = await (await storeOf(name)).store.all()
  if (project == null) throw new Error('not read')
  return project
}

test.for(['plain', 'full'])('a %s job of layout 0 is read with all that is in it', async (name) => {
  const written = JSON.parse((await readFile(fileOf(name), 'utf8')).split('\n')[1] ?? '') as StoredProject
  const read = readKeptProject(await stored(name))
  const { job, ...rest } = written as StoredProject & { readonly job: { readonly source: object } }
  const source = { ...job.source, videoStream: 0 }
  expect(JSON.parse(JSON.stringify(read))).toEqual({ ...rest, job: { ...job, source } })
})

test.for(['plain', 'full'])('what is written is read again: %s', async (name) => {
  const { store } = await storeOf(name)
  const [first] = await store.all()
  if (first == null) throw new Error('not read')
  const project = readKeptProject(first)
  if (project.job == null) throw new Error('no job')
  await store.put(keptProject(project.projectId, project.job, project.timestampsMs))
  const again = await store.all()
  expect(again.map(({ job }) => job)).toEqual([expect.objectContaining({ version: 1 })])
  expect(again.map(readKeptProject)).toEqual([project])
})

const changed = async (change: (job: Record<string, unknown>) => unknown): Promise<StoredProject> => {
  const project = await stored('full')
  return { ...project, job: change(structuredClone(project.job) as Record<string, unknown>) }
}

test.for<[string, string, (job: Record<string, unknown>) => unknown]>([
  ['no source', 'source', (job) => ({ ...job, source: undefined })],
  ['an output that is no path', 'output', (job) => ({ ...job, output: 5 })],
  ['a field that is not known', 'keyframes', (job) => ({ ...job, keyframes: true })],
  [
    'a zone without an end that is a place',
    'zones.0.end',
    (job) => ({ ...job, zones: [{ ...(job['zones'] as object[])[0], end: 20 }] })
  ],
  [
    'a choice of streams that is none',
    'streams.audio',
    (job) => ({ ...job, streams: { audio: 'copy', subtitles: 'copy', attachments: 'copy' } })
  ],
  ['no job at all', '', () => null],
  ['a version that is no number', 'version', (job) => ({ ...job, version: 'x' })]
])('%s is refused with its place', async ([, place, change]) => {
  const project = await changed(change)
  expect(() => readKeptProject(project)).toThrow(
    expect.objectContaining({ code: 'bad-shape', message: expect.stringContaining(place) as unknown })
  )
})

test('a later layout is not guessed at', async () => {
  const project = await changed((job) => ({ ...job, version: 2 }))
  expect(() => readKeptProject(project)).toThrow(expect.objectContaining({ code: 'too-new' }))
})

test('a file that names another project, or has no times, is damage', async () => {
  const { store, folder, told } = await storeOf('plain', 'full')
  const project = await stored('plain')
  await writeFile(join(folder, 'full', 'job.json'), encodeChecked(project))
  await writeFile(join(folder, 'plain', 'job.json'), encodeChecked({ ...project, timestampsMs: ['0'] }))
  expect(await store.all()).toEqual([])
  expect(told.map(({ projectId, what }) => `${projectId} ${what}`).toSorted()).toEqual(['full job', 'plain job'])
})

test('an owner goes on with what it can read, and tells of the rest and leaves it where it is', async () => {
  const own = createMemoryOwnStore()
  await own.put(await stored('plain'))
  await own.put({ ...(await changed((job) => ({ ...job, version: 9 }))), projectId: 'later' })
  await own.put({ ...(await changed((job) => ({ ...job, cuts: 'none' }))), projectId: 'odd' })
  const errors: object[] = []
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: (fields: object) => errors.push(fields) }
  const components = {
    own,
    log,
    book: { views: new Map() },
    signer: { peerId: 'me' },
    gap: { onGap: () => {} }
  } as unknown as OwnerServiceComponents
  const owner = createOwnerService(components, {} as never)
  await owner.start()
  expect(['plain', 'later', 'odd'].map((id) => owner.jobOf(id)?.output)).toEqual([
    '/films/film.aom.mkv',
    undefined,
    undefined
  ])
  expect(errors).toEqual([
    expect.objectContaining({ projectId: 'later', code: 'too-new' }),
    expect.objectContaining({ projectId: 'odd', code: 'bad-shape' })
  ])
  expect(owner.unfinished()).toEqual(['plain'])
  expect((await own.all()).map(({ projectId }) => projectId)).toEqual(['plain', 'later', 'odd'])
})
