import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { hiddenStem, leftFiles, linkAs, moveOver, ownFile, syncFile } from '../../../platform/index.ts'
import type { NodeClient } from '../client.ts'
import { CliError } from '../errors.ts'
import { createPatience, type PatienceInit } from './patience.ts'

/** The finished file of a project. */
export interface Result {
  readonly projectId: string
  readonly sha256: string
  readonly bytes: number
}

export interface FetchInit extends PatienceInit {
  readonly target: string
  readonly overwrite: boolean
  /** Called at first, and whenever bytes came. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined
}

const bytesOf = async (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0
  )

/**
 * A hidden file of this command beside the target. What commands that are gone left of the same result becomes it, the longest of it; one that still runs keeps its own.
 */
async function takePart(target: string, { sha256 }: Result): Promise<string> {
  const name = `${hiddenStem(target)}.${sha256.slice(0, 8)}`
  const part = ownFile(join(dirname(target), name), 'part')
  for (const left of await leftFiles(dirname(target), 'part', name)) {
    const isLonger = (await bytesOf(left)) > (await bytesOf(part))
    // Another command may have taken it by now.
    await (isLonger ? rename(left, part) : rm(left)).catch(() => {})
  }
  return part
}

async function hashInto(hash: Hash, path: string, signal: AbortSignal): Promise<void> {
  for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer)
}

/** Opens the result from a byte on. A node that gives the whole file begins anew. */
async function openFrom(client: Pick<NodeClient, 'completed'>, result: Result, from: number, signal: AbortSignal) {
  const part = from === 0 ? undefined : { from, sha256: result.sha256 }
  const response = await client.completed(result.projectId, { signal, part })
  return { body: response.body ?? new Blob([]).stream(), from: response.status === 206 ? from : 0 }
}

/** Passes the bytes on, and counts and hashes them. */
async function* passed(body: AsyncIterable<Uint8Array>, hash: Hash, count: (bytes: number) => void) {
  for await (const chunk of body) {
    hash.update(chunk)
    count(chunk.length)
    yield chunk
  }
}

/** Fetches what is missing of the part. @returns the hash of all of it */
async function fill(client: Pick<NodeClient, 'completed'>, result: Result, part: string, init: FetchInit) {
  const { signal, onProgress } = init
  const patience = createPatience(init)
  let digest = ''
  await patience.until(async () => {
    const have = await bytesOf(part)
    // What is longer cannot be the beginning of it.
    if (have > result.bytes) await rm(part)
    const wanted = have > result.bytes ? 0 : have
    const isWhole = wanted === result.bytes
    const { body, from } = isWhole
      ? { body: new Blob([]).stream(), from: wanted }
      : await openFrom(client, result, wanted, signal)
    const hash = createHash('sha256')
    if (from > 0) await hashInto(hash, part, signal)
    let there = from
    onProgress?.(there, result.bytes)
    const count = (bytes: number): void => {
      patience.progress()
      there += bytes
      onProgress?.(there, result.bytes)
    }
    const source = Readable.fromWeb(body as WebStream<Uint8Array>)
    const sink = createWriteStream(part, { flags: from > 0 ? 'a' : 'w' })
    await pipeline(passed(source, hash, count), sink, { signal }).catch((cause: unknown) => {
      // What the file system refuses, no later try mends.
      if (cause instanceof Error && 'syscall' in cause && 'path' in cause) throw cause
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC') throw cause
      throw new CliError('node-lost', `The connection to the node is lost. The same command continues from there.`, {
        cause
      })
    })
    if (there < result.bytes)
      throw new CliError('node-lost', `The connection to the node is lost. The same command continues from there.`)
    digest = hash.digest('hex')
    return true
  })
  return digest
}

/**
 * Fetches a finished file. It is written aside, goes on after a lost connection and in a later command, and gets its name when all of it is there and has its hash.
 * @throws {@link CliError} `damaged-download` where the bytes are others, `node-lost` after too long a silence
 */
export async function fetchResult(
  client: Pick<NodeClient, 'completed'>,
  result: Result,
  init: FetchInit
): Promise<void> {
  const { target, overwrite } = init
  const part = await takePart(target, result)
  if ((await fill(client, result, part, init)) !== result.sha256) {
    await rm(part, { force: true })
    throw new CliError('damaged-download', 'The download is not the finished file: its SHA-256 differs. Try again.')
  }
  await syncFile(part)
  if (overwrite) return moveOver(part, target)
  await linkAs(part, target)
  await rm(part)
}
