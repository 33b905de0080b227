import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { documentedProjectOf } from './project-json.ts'
import type { ProjectSnapshot } from './ports.ts'

/** Names a project's state: another record or another beat is another version. */
function versionOf({ view, beat, own, outputPath }: ProjectSnapshot): string {
  const { head, fork, projectId } = view
  const flags = `${fork == null ? '' : 'f'}${own && outputPath != null ? 'o' : ''}`
  return `${projectId} ${head.seq} ${head.hash} ${beat?.epoch ?? ''} ${beat?.beatNo ?? ''} ${flags}`
}

/** An ETag that is had without making the answer. It is weak, since the answer may be sent compressed. */
export function etagOf(snapshots: readonly ProjectSnapshot[], withScenes: boolean): string {
  const hash = createHash('sha1').update(withScenes ? 'scenes' : '')
  for (const snapshot of snapshots) hash.update(`\n${versionOf(snapshot)}`)
  return `W/"${hash.digest('base64url')}"`
}

function isSame(a: ProjectSnapshot, b: ProjectSnapshot | undefined): boolean {
  return b != null && a.view === b.view && a.beat === b.beat && a.own === b.own && a.outputPath === b.outputPath
}

/** `etagOf` for one list that is asked for again and again: views and beats are never changed in place, so the same ones have the same tag. */
export function createListEtag(withScenes: boolean): (snapshots: readonly ProjectSnapshot[]) => string {
  let before: readonly ProjectSnapshot[] = []
  let etag = etagOf(before, withScenes)
  return (snapshots) => {
    if (snapshots.length === before.length && snapshots.every((one, at) => isSame(one, before[at]))) return etag
    before = snapshots
    etag = etagOf(snapshots, withScenes)
    return etag
  }
}

/** Single projects whose JSON is kept: clients poll the one that they show. */
const KEPT_MAX = 8

/** Documented projects as JSON. An `etag` is that of `etagOf` for the same projects: what is kept for it is given again. */
export interface ProjectTexts {
  /** Without scenes: short, and made again only where something changed. */
  readonly short: (snapshots: readonly ProjectSnapshot[], etag: string) => Uint8Array<ArrayBuffer>
  readonly one: (snapshot: ProjectSnapshot, withScenes: boolean, etag: string) => Uint8Array<ArrayBuffer>
  /** With scenes: one project after the other, as fast as they are read; never the whole in memory. */
  readonly stream: (snapshots: readonly ProjectSnapshot[]) => ReadableStream<Uint8Array>
}

export function createProjectTexts(): ProjectTexts {
  const encoder = new TextEncoder()
  /** Of the projects of the last list. */
  let known = new Map<string, string>()
  let list = { etag: '', bytes: encoder.encode('[]') }
  const kept = new Map<string, Uint8Array<ArrayBuffer>>()

  return {
    short: (snapshots, etag) => {
      if (list.etag === etag) return list.bytes
      const now = new Map<string, string>()
      for (const snapshot of snapshots) {
        const version = versionOf(snapshot)
        now.set(version, known.get(version) ?? JSON.stringify(documentedProjectOf(snapshot, false)))
      }
      known = now
      list = { etag, bytes: encoder.encode(`[${[...now.values()].join(',')}]`) }
      return list.bytes
    },
    one: (snapshot, withScenes, etag) => {
      const bytes = kept.get(etag) ?? encoder.encode(JSON.stringify(documentedProjectOf(snapshot, withScenes)))
      kept.delete(etag)
      kept.set(etag, bytes)
      const [oldest] = kept.keys()
      if (kept.size > KEPT_MAX && oldest != null) kept.delete(oldest)
      return bytes
    },
    stream: (snapshots) => {
      let next = 0
      return new ReadableStream<Uint8Array>(
        {
          pull: async (controller) => {
            // Others have their turn between two projects.
            await turn()
            const snapshot = snapshots[next]
            const start = next === 0 ? '[' : ','
            if (snapshot != null)
              controller.enqueue(encoder.encode(start + JSON.stringify(documentedProjectOf(snapshot, true))))
            next += 1
            if (next < snapshots.length) return
            controller.enqueue(encoder.encode(snapshot == null ? '[]' : ']'))
            controller.close()
          }
        },
        { highWaterMark: 0 }
      )
    }
  }
}
