import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { openDataDir } from '../../src/node/disk/data-dir.ts'
import { loadIdentity } from '../../src/node/disk/identity.ts'
import { keptProject } from '../../src/node/owner/kept-job.ts'
import { programVersion } from '../../src/node/version.ts'
import { createOwnStore, createViewStore, openDatabase } from '../../src/storage/index.ts'
import { createSigner, deriveProjectId, type Signer } from '../../src/swarm/index.ts'
import { createViewKeeper } from '../../src/swarm/log/view-keeper.ts'
import {
  encodeLogRecord,
  foldRecord,
  LIMITS,
  type Announce,
  type LogBody,
  type ProjectView,
  type ScenePlan
} from '../../src/swarm/protocol/index.ts'
import { sha256Hex } from '../../src/swarm/signer.ts'
import { announceSample } from '../../test/fixtures/protocol-samples.ts'

export interface LogsInit {
  readonly films: number
  /** Of these, so many are the node's own. */
  readonly own: number
  readonly scenes: number
}

/** A film of the node that goes on. */
export interface RunningInit {
  readonly scenes: number
}

const FRAMES = 100
const WORKERS = 8
/** Films whose records are signed beside each other. */
const TOGETHER = 4
/** A node keeps so many bytes of logs of one owner at most. */
const FILMS_PER_OWNER = 40

const hash = (): string => randomBytes(32).toString('hex')
const blob = (): { sha256: string; bytes: number } => ({
  sha256: hash(),
  bytes: 100_000 + (randomBytes(2).readUInt16BE() << 2)
})

const announceOf = (nonce: string, index: number): Announce => ({
  ...announceSample,
  nonce,
  title: `film ${index}.mkv`,
  createdAtMs: Date.now() - index * 60_000
})

const planOf = (index: number): ScenePlan => ({
  index,
  start: index * FRAMES,
  frames: FRAMES,
  piece: blob(),
  skip: 0,
  inputHash: hash(),
  encoderParams: ''
})

/** The plan of a film, and receipts for its first scenes. */
function* bodiesOf(announce: Announce, scenes: number, done: number, workers: readonly string[]): Generator<LogBody> {
  yield { type: 'announce', announce }
  for (let from = 0; from < scenes; from += LIMITS.scenesPerRecordMax) {
    const count = Math.min(LIMITS.scenesPerRecordMax, scenes - from)
    yield { type: 'scenes', scenes: Array.from({ length: count }, (_, at) => planOf(from + at)) }
  }
  yield { type: 'planned', scenes, frames: scenes * FRAMES }
  const maker = { build: announce.encoderBuild, probe: hash() }
  for (let scene = 0; scene < done; scene += 1) {
    const worker = workers[scene % workers.length] ?? ''
    const accept = { scene, result: blob(), worker, epoch: 1, attempt: scene + 1, encodeMs: 20_000, maker }
    yield { type: 'accept', accept }
  }
}

const endOf = (): LogBody => ({
  type: 'end',
  end: { state: 'completed', reason: '', outputSha256: hash(), outputBytes: 900_000_000, endedAtMs: Date.now() }
})

const warn = (fields: object, message: string): void => console.error(message, fields)
const said = { debug: warn, info: warn, warn, error: warn }

/** What a node keeps on its disk, for somebody who writes into it while it does not run. */
async function openFolder(dataDir: string) {
  const paths = await openDataDir(dataDir)
  const self = createSigner(await loadIdentity(dataDir))
  const own = await createOwnStore(paths.own)
  const database = await openDatabase(paths.database, { own })
  const views = createViewStore(paths.views)
  const keeper = createViewKeeper(
    { views, store: database.log, journal: own, log: said },
    { self: self.peerId, version: programVersion() }
  )

  /** Signs the records of a log and writes them, of an own one into its journal too; the view of one that ends is kept as the node would keep it. */
  async function write(signer: Signer, announce: Announce, bodies: Iterable<LogBody>): Promise<string> {
    const projectId = deriveProjectId(signer.peerId, announce.nonce)
    let view: ProjectView | undefined
    let bytes = 0
    const writes = []
    for (const body of bodies) {
      const { seq, hash } = view === undefined ? { seq: -1, hash: '' } : view.head
      const record = { projectId, epoch: 1, seq: seq + 1, prev: hash, body }
      const envelope = await signer.sign('log', encodeLogRecord(record))
      const signed = { record, signer: signer.peerId, hash: sha256Hex(envelope), derivedProjectId: projectId }
      view = foldRecord(view, signed)
      bytes += envelope.byteLength
      writes.push(database.log.append(projectId, seq + 1, envelope, { durable: false }))
      if (signer === self) await own.append(projectId, envelope)
    }
    await Promise.all(writes)
    if (view?.end !== undefined) await keeper.keep({ view, bytes, known: true })
    return projectId
  }

  return {
    self,
    own,
    write,
    close: async () => {
      await own.close()
      await database.close()
    }
  }
}

const newSigner = async (): Promise<Signer> => createSigner(await generateKeyPair('Ed25519'))

const newWorkers = async (): Promise<string[]> =>
  Promise.all(Array.from({ length: WORKERS }, async () => (await newSigner()).peerId))

const newNonce = (): string => randomBytes(16).toString('hex')

/** Writes films that are done into the data folder of a node that does not run: signed records in database and journals, and what is kept of them. */
export async function makeLibrary(dataDir: string, { films, own, scenes }: LogsInit): Promise<void> {
  const folder = await openFolder(dataDir)
  const others: Signer[] = []
  while (others.length * FILMS_PER_OWNER < films - own) others.push(await newSigner())
  const workers = await newWorkers()
  let next = 0
  const makeSome = async (): Promise<void> => {
    while (next < films) {
      const index = next
      next += 1
      const signer = (index < own ? undefined : others[index % others.length]) ?? folder.self
      const announce = announceOf(newNonce(), index)
      await folder.write(signer, announce, [...bodiesOf(announce, scenes, scenes, workers), endOf()])
    }
  }
  await Promise.all(Array.from({ length: TOGETHER }, makeSome))
  await folder.close()
}

/** Writes an own film that is half done, whose source and scenes are gone. @returns its id */
export async function makeRunning(dataDir: string, { scenes }: RunningInit): Promise<string> {
  const folder = await openFolder(dataDir)
  const announce = announceOf(newNonce(), 0)
  const { width, height, pixelFormat, bitDepth } = announce
  const projectId = await folder.write(
    folder.self,
    announce,
    bodiesOf(announce, scenes, scenes / 2, await newWorkers())
  )
  const source = {
    path: join(dataDir, 'film.mkv'),
    bytes: announce.sourceBytes,
    mtimeMs: 0,
    container: 'matroska,webm',
    videoStream: 0,
    codec: 'h264',
    video: { width, height, pixelFormat, bitDepth, fps: { num: 24, den: 1 }, colour: {} },
    sampleAspect: { num: 1, den: 1 },
    framesEstimated: scenes * FRAMES,
    durationSeconds: (scenes * FRAMES) / 24,
    otherStreams: { audio: 0, subtitle: 0, attachment: 0 }
  }
  const starts = Array.from({ length: scenes }, (_, index) => index * FRAMES)
  const timestampsMs = Array.from({ length: scenes * FRAMES }, (_, frame) => (frame * 1000) / 24)
  const lengths = { minFrames: FRAMES, maxFrames: FRAMES, threshold: undefined }
  const job = { source, output: join(dataDir, 'out.mkv'), overwrite: false, scenes: lengths, starts }
  await folder.own.put(keptProject(projectId, job, timestampsMs))
  await folder.close()
  return projectId
}
