import { open } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { ApiRefusal } from '../../api/refusal.ts'
import { BlobError, type BlobExchange, type BlobPart } from '../../swarm/index.ts'
import { containerType, HEAD_BYTES, type ContainerType } from './files/container-type.ts'
import { openFile, openPart } from './files/open-part.ts'
import type { OutputFiles } from './files/output-files.ts'
import { downloadName } from './files/download-name.ts'
import { manifestPathOf, readManifestText } from '../manifest/place.ts'
import type { CompletedFile, CompletedPort } from '../../api/ports.ts'
import type { Called } from './called.ts'
import type { Snapshots } from './snapshots.ts'
import type { BlobRef, ProjectView } from '../../swarm/protocol/index.ts'

export interface CompletedComponents {
  readonly peerId: string
  readonly outputs: OutputFiles
  readonly exchange: Pick<BlobExchange, 'read'>
  readonly snapshots: Pick<Snapshots, 'view'>
  readonly called: Called
}

/** Films passed through at the same time; players ask for one part after the other, and a paused one holds nothing at its owner for long. */
const STREAMS_MAX = 16
const TYPES_MAX = 1000

/** Finished files for the API, from here or from their owners. */
export function createCompleted(components: CompletedComponents): CompletedPort {
  const { peerId, outputs, exchange, snapshots, called } = components
  const types = new Map<string, ContainerType>()
  let streams = 0

  async function ownFile(view: ProjectView): Promise<CompletedFile> {
    const file = await outputs.of(view)
    if (file == null) throw new ApiRefusal('file-gone', 410, 'The finished file has been moved, deleted or changed.')
    const name = basename(file.path)
    const extension = extname(name)
    return {
      bytes: file.bytes,
      type: containerType(await headOf(file.path)).type,
      name: downloadName(name.slice(0, name.length - extension.length), extension),
      read: async (first, last) => openFile(file.path, first, last)
    }
  }

  /** Through this node from the owner, who alone has it. */
  async function peersFile(view: ProjectView, ref: BlobRef, signal: AbortSignal): Promise<CompletedFile> {
    const { owner, announce } = view
    const read = async (part: BlobPart) => {
      try {
        return await openPart((until) => counted(exchange.read(ref, owner, part, { signal: until })), ref.bytes, signal)
      } catch (cause) {
        throw refusalOf(cause, called(owner))
      }
    }
    const found = types.get(ref.sha256) ?? containerType(await bytesOf(await read(headPart(ref))))
    remember(ref.sha256, found)
    return {
      bytes: ref.bytes,
      type: found.type,
      name: downloadName(`${withoutExtension(announce.title)}.${announce.encoderName}`, found.extension),
      read: async (first, last) => read({ first, last })
    }
  }

  async function* counted(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
    if (streams >= STREAMS_MAX)
      throw new ApiRefusal('busy', 503, 'Too many films are being read through this node now.')
    streams += 1
    try {
      yield* chunks
    } finally {
      streams -= 1
    }
  }

  function remember(sha256: string, type: ContainerType): void {
    const [oldest] = types.keys()
    if (types.size >= TYPES_MAX && oldest != null) types.delete(oldest)
    types.set(sha256, type)
  }

  return {
    file: async (projectId, signal) => {
      const view = snapshots.view(projectId)
      const { end } = view
      if (end?.state !== 'completed') throw new ApiRefusal('not-completed', 404, 'The project has no finished file.')
      if (view.owner === peerId) return ownFile(view)
      return peersFile(view, { sha256: end.outputSha256, bytes: end.outputBytes }, signal)
    },
    manifest: async (projectId) => {
      const view = snapshots.view(projectId)
      const isOwn = view.owner === peerId && view.end?.state === 'completed'
      const file = isOwn ? await outputs.of(view) : undefined
      const text = file && (await readManifestText(manifestPathOf(file.path)).catch(() => undefined))
      if (text !== undefined) return text
      const why = view.owner === peerId ? 'The film has no manifest here.' : `Its owner, ${called(view.owner)}, has it.`
      throw new ApiRefusal('no-manifest', 404, why)
    }
  }
}

function headPart({ bytes }: BlobRef): BlobPart {
  return { first: 0, last: Math.min(HEAD_BYTES, bytes) - 1 }
}

function withoutExtension(name: string): string {
  return name.slice(0, name.length - extname(name).length)
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}

function refusalOf(cause: unknown, owner: string): unknown {
  if (cause instanceof ApiRefusal) return cause
  const missing = cause instanceof BlobError && cause.code === 'not-found'
  const why = missing ? 'no longer has it, or does not trust this node' : 'cannot be reached now'
  return new ApiRefusal('not-here', 503, `The finished file is at the project's owner, ${owner}, which ${why}.`, {
    cause
  })
}
