import { BUCKETS, keysOf } from './buckets.ts'
import type { Bucket, LevelGate } from './level-gate.ts'
import type { LogStore } from '../../swarm/index.ts'

/** Records that are read in one go, so that a reader never holds the database for long. */
const PAGE_RECORDS = 256

interface Range {
  readonly gt: string
  readonly lt?: string
}

export function createLogStore(gate: LevelGate): LogStore {
  const log = gate.bucket<Uint8Array>(BUCKETS.log, 'view')
  const proofs = gate.bucket<Uint8Array>(BUCKETS.proof, 'view')

  async function* between(range: Range): AsyncGenerator<{ projectId: string; envelope: Uint8Array }> {
    let { gt } = range
    while (true) {
      const page = await gate.read(async () => log.iterator({ ...range, gt, limit: PAGE_RECORDS }).all())
      for (const [name, envelope] of page) yield { projectId: name.slice(0, name.indexOf('!')), envelope }
      const last = page.at(-1)
      if (last == null || page.length < PAGE_RECORDS) return
      gt = last[0]
    }
  }

  async function* all(known: ReadonlyMap<string, number> = new Map()): ReturnType<LogStore['all']> {
    let gt = ''
    // What is known is stepped over, not read.
    for (const projectId of [...known.keys()].toSorted()) {
      yield* between({ gt, lt: key(projectId, 0) })
      gt = key(projectId, known.get(projectId) ?? 0)
    }
    yield* between({ gt })
  }

  async function remove(projectId: string, isKept: (name: string) => boolean): Promise<void> {
    await gate.write(async () => {
      const names = await log.keys(keysOf(projectId)).all()
      await log.batch(names.filter((name) => !isKept(name)).map((name) => ({ type: 'del', key: name })))
    })
  }

  return {
    append: async (projectId, seq, envelope, { durable }) =>
      gate.write(async () => log.put(key(projectId, seq), envelope, { sync: durable } as object)),
    all,
    range: async (projectId, fromSeq, limits) => gate.read(async () => readRange(log, projectId, fromSeq, limits)),
    delete: async (projectId) => {
      await remove(projectId, () => false)
      await gate.write(async () => proofs.del(projectId))
    },
    keepOnly: async (projectId, seqs) => {
      const kept = new Set(seqs.map((seq) => key(projectId, seq)))
      await remove(projectId, (name) => kept.has(name))
    },
    putProof: async (projectId, first, second) =>
      gate.write(async () => {
        if ((await proofs.get(projectId)) == null) await proofs.put(projectId, join(first, second))
      }),
    proofs: async () => (await gate.read(async () => proofs.iterator().all())).map(([id, pair]) => split(id, pair))
  }
}

async function readRange(
  log: Bucket<Uint8Array>,
  projectId: string,
  fromSeq: number,
  { recordsMax, bytesMax }: { readonly recordsMax: number; readonly bytesMax: number }
): Promise<Uint8Array[]> {
  const envelopes: Uint8Array[] = []
  let bytes = 0
  const range = { ...keysOf(projectId), gte: key(projectId, fromSeq), limit: recordsMax }
  for await (const envelope of log.values(range)) {
    bytes += envelope.byteLength
    if (bytes > bytesMax && envelopes.length > 0) break
    envelopes.push(envelope)
  }
  return envelopes
}

function key(projectId: string, seq: number): string {
  return `${projectId}!${String(seq).padStart(10, '0')}`
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const pair = Buffer.alloc(4 + first.byteLength + second.byteLength)
  pair.writeUInt32BE(first.byteLength)
  pair.set(first, 4)
  pair.set(second, 4 + first.byteLength)
  return pair
}

function split(projectId: string, pair: Uint8Array): { projectId: string; first: Uint8Array; second: Uint8Array } {
  const bytes = Buffer.from(pair.buffer, pair.byteOffset, pair.byteLength).readUInt32BE()
  return { projectId, first: pair.slice(4, 4 + bytes), second: pair.slice(4 + bytes) }
}
