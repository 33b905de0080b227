import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { removeUnused } from '../../common/remove-unused.ts'
import { moveOver } from '../../platform/index.ts'
import type { FoundBars } from '../rules/index.ts'
import type { Analysis, AnalysisCache, KnownAnalysis } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'
import { ffmpegFacts } from '../programs/program-facts.ts'
import { sampleSource } from './sample-source.ts'

/** Part of the file's format: a change of the content needs a new number. */
const VERSION = 1
const HASH_BYTES = 16
const TIME_BYTES = 8
const CUT_BYTES = 4
const SUM_BYTES = 32
const HEAD_BYTES = 16

/** All files together; a film of two hours takes 4 MiB. */
const CACHE_BYTES_MAX = 256 * 1024 * 1024

/** The key of an analysis: the source's size, modification time and samples of its bytes, the build of ffmpeg, and all its arguments. */
export async function analysisKey(path: string, told: readonly unknown[], options: RunOptions): Promise<string> {
  const asked = [sampleSource(path), stat(path), ffmpegFacts(options)] as const
  const [samples, { mtimeMs }, ffmpeg] = await Promise.all(asked)
  return createHash('sha256')
    .update(JSON.stringify([VERSION, samples, mtimeMs, ffmpeg.build, told]))
    .digest('hex')
}

function encode(analysis: Analysis): Buffer {
  const frames = analysis.known()
  const cuts = analysis.cuts.filter((cut) => cut < frames)
  const size = HEAD_BYTES + frames * (HASH_BYTES + TIME_BYTES) + cuts.length * CUT_BYTES
  const data = Buffer.alloc(size + SUM_BYTES)
  data.writeUInt32LE(VERSION, 0)
  data.writeUInt32LE(frames, 4)
  data.writeUInt32LE(cuts.length, 8)
  data.writeUInt32LE(analysis.complete() ? 1 : 0, 12)
  let at = HEAD_BYTES
  for (let n = 0; n < frames; n += 1) at += data.write(analysis.hashes[n] ?? '', at, 'hex')
  for (let n = 0; n < frames; n += 1) at = data.writeDoubleLE(analysis.timesMs[n] ?? 0, at)
  for (const cut of cuts) at = data.writeUInt32LE(cut, at)
  createHash('sha256').update(data.subarray(0, size)).digest().copy(data, size)
  return data
}

/** Undefined if the bytes were changed. */
function decode(data: Buffer): KnownAnalysis | undefined {
  const size = data.length - SUM_BYTES
  if (size < HEAD_BYTES || !createHash('sha256').update(data.subarray(0, size)).digest().equals(data.subarray(size)))
    return undefined
  const frames = data.readUInt32LE(4)
  const cutCount = data.readUInt32LE(8)
  const cutsAt = HEAD_BYTES + frames * (HASH_BYTES + TIME_BYTES)
  if (data.readUInt32LE(0) !== VERSION || size !== cutsAt + cutCount * CUT_BYTES) return undefined
  const timesAt = HEAD_BYTES + frames * HASH_BYTES
  return {
    hashes: Array.from({ length: frames }, (_, n) => {
      const at = HEAD_BYTES + n * HASH_BYTES
      return data.toString('hex', at, at + HASH_BYTES)
    }),
    timesMs: Array.from({ length: frames }, (_, n) => data.readDoubleLE(timesAt + n * TIME_BYTES)),
    cuts: Array.from({ length: cutCount }, (_, n) => data.readUInt32LE(cutsAt + n * CUT_BYTES)),
    complete: data.readUInt32LE(12) === 1
  }
}

const box = z.strictObject({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })

const bars = z.strictObject({
  crop: box.optional(),
  smaller: z.strictObject({ crop: box, share: z.number() }).optional(),
  frames: z.number(),
  brightest: z.number()
})

/** Undefined if the text was changed. */
function readBars(text: string): FoundBars | undefined {
  try {
    return bars.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

class Cache implements AnalysisCache {
  readonly #folder: string
  readonly #bytesMax: number

  constructor(folder: string, bytesMax: number) {
    this.#folder = folder
    this.#bytesMax = bytesMax
  }

  async load(key: string): Promise<KnownAnalysis | undefined> {
    return this.#load(key, decode)
  }

  async save(key: string, analysis: Analysis): Promise<void> {
    await this.#write(key, encode(analysis))
  }

  async loadBars(key: string): Promise<FoundBars | undefined> {
    return this.#load(key, (data) => readBars(data.toString('utf8')))
  }

  async saveBars(key: string, found: FoundBars): Promise<void> {
    await this.#write(key, Buffer.from(JSON.stringify(found)))
  }

  /** What cannot be read is forgotten; what is read counts as used now. */
  async #load<Known>(key: string, read: (data: Buffer) => Known | undefined): Promise<Known | undefined> {
    const path = join(this.#folder, key)
    const data = await readFile(path).catch(() => undefined)
    const known = data === undefined ? undefined : read(data)
    if (known === undefined) {
      await this.forget(key)
      return undefined
    }
    const now = new Date()
    await utimes(path, now, now).catch(() => {})
    return known
  }

  async #write(key: string, data: Buffer): Promise<void> {
    if (data.length > this.#bytesMax) return
    const aside = join(this.#folder, `${randomUUID()}.new`)
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      await this.#makeRoom(this.#bytesMax - data.length)
      await writeFile(aside, data, { mode: 0o600 })
      await moveOver(aside, join(this.#folder, key))
    } catch {
      await rm(aside, { force: true }).catch(() => {})
    }
  }

  async forget(key: string): Promise<void> {
    await rm(join(this.#folder, key), { force: true }).catch(() => {})
  }

  /** Deletes the least recently used until the rest takes no more than that. Half-written files of a killed node soon become the oldest. */
  async #makeRoom(bytesMax: number): Promise<void> {
    const names = await readdir(this.#folder)
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#folder, name)
        const { size: bytes, mtimeMs: usedAtMs } = await stat(path)
        return { path, bytes, usedAtMs }
      })
    )
    await removeUnused(files, bytesMax)
  }
}

/** Analyses in files of a folder of their own, which is made when it is needed. */
export const createAnalysisCache = (folder: string, bytesMax: number = CACHE_BYTES_MAX): AnalysisCache =>
  new Cache(folder, bytesMax)
