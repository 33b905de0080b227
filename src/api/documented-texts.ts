import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { createKeptBytes } from './kept-bytes.ts'
import { documentedProjectOf, documentedScenesOf } from './project-json.ts'
import type { ProjectSnapshot } from './ports.ts'
import type { ProjectView } from '../swarm/protocol/index.ts'

/** Names a project's state: another record or another beat is another version, and so is another output or reason to wait. */
function versionOf({ view, beat, own, outputPath, waiting }: ProjectSnapshot): string {
  const { head, fork, projectId } = view
  const output = own ? outputPath : undefined
  return JSON.stringify([projectId, head.seq, head.hash, fork != null, beat?.epoch, beat?.beatNo, output, waiting])
}

/** An ETag that needs no answer to be made. It is weak, since the answer may be sent compressed. */
export function etagOf(snapshots: readonly ProjectSnapshot[], withScenes: boolean): string {
  const hash = createHash('sha1').update(withScenes ? 'scenes' : '')
  for (const snapshot of snapshots) hash.update(`\n${versionOf(snapshot)}`)
  return `W/"${hash.digest('base64url')}"`
}

/** What `versionOf` looks at. */
const VERSION_PARTS = ['view', 'beat', 'own', 'outputPath', 'waiting'] as const
/** What a project's text without scenes shows. */
const TEXT_PARTS = [...VERSION_PARTS, 'work'] as const

function isSame(a: ProjectSnapshot, b: ProjectSnapshot | undefined): boolean {
  return b != null && VERSION_PARTS.every((part) => a[part] === b[part])
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

/** Scenes as JSON: about those of 200 projects of 5,000. */
const SCENES_BYTES_MAX = 64 << 20
/** Clients poll the project that they show. */
const PROJECTS_BYTES_MAX = 4 << 20

/** Documented projects as JSON. */
export interface ProjectTexts {
  /** Without scenes: short, and made again only where something changed. `etag` is that of `etagOf` for the same projects. */
  readonly short: (snapshots: readonly ProjectSnapshot[], etag: string) => Uint8Array<ArrayBuffer>
  readonly one: (snapshot: ProjectSnapshot, withScenes: boolean) => Uint8Array<ArrayBuffer>
  /** With scenes: one project after the other, as fast as they are read. */
  readonly stream: (snapshots: readonly ProjectSnapshot[]) => ReadableStream<Uint8Array>
}

const scenesPartsOf = ({ view, quantiserFlag }: ProjectSnapshot): unknown[] => [view.scenes, quantiserFlag]

const texts = new WeakMap<ProjectView, { readonly snapshot: ProjectSnapshot; readonly text: string }>()

/** A project without its scenes, made again only where something changed: views are replaced, never changed, and the text of one goes with it. */
function textOf(snapshot: ProjectSnapshot): string {
  const known = texts.get(snapshot.view)
  if (known != null && TEXT_PARTS.every((part) => known.snapshot[part] === snapshot[part])) return known.text
  const text = JSON.stringify(documentedProjectOf(snapshot))
  texts.set(snapshot.view, { snapshot, text })
  return text
}

const NO_SCENES = '"scenes":{}'

/** What stands before and after the scenes. In the text of a title the quotes have a backslash, so the place is the only one. */
function aroundScenes(text: string): readonly [head: string, tail: string] {
  const at = text.indexOf(NO_SCENES) + NO_SCENES.length - '{}'.length
  return [text.slice(0, at), text.slice(at + '{}'.length)]
}

export function createProjectTexts(): ProjectTexts {
  const encoder = new TextEncoder()
  let list = { etag: '', bytes: encoder.encode('[]') }
  const scenes = createKeptBytes({ bytesMax: SCENES_BYTES_MAX })
  const projects = createKeptBytes({ bytesMax: PROJECTS_BYTES_MAX })

  /** A beat every second leaves them as they are. */
  const scenesOf = (snapshot: ProjectSnapshot): Uint8Array<ArrayBuffer> =>
    scenes.of(snapshot.view.projectId, scenesPartsOf(snapshot), () => JSON.stringify(documentedScenesOf(snapshot)))

  return {
    short: (snapshots, etag) => {
      if (list.etag !== etag) list = { etag, bytes: encoder.encode(`[${snapshots.map(textOf).join(',')}]`) }
      return list.bytes
    },
    one: (snapshot, withScenes) => {
      const text = textOf(snapshot)
      if (!withScenes) return encoder.encode(text)
      return projects.of(snapshot.view.projectId, [text, ...scenesPartsOf(snapshot)], () => {
        const [head, tail] = aroundScenes(text)
        return head + JSON.stringify(documentedScenesOf(snapshot)) + tail
      })
    },
    stream: (snapshots) => {
      let next = 0
      /** What comes before the scenes of the next project. */
      let before = '['
      return new ReadableStream<Uint8Array>(
        {
          pull: async (controller) => {
            const snapshot = snapshots[next]
            next += 1
            if (snapshot == null) {
              controller.enqueue(encoder.encode(`${before}]`))
              controller.close()
              return
            }
            // Others have their turn between two projects that are made.
            if (!scenes.has(snapshot.view.projectId, scenesPartsOf(snapshot))) await turn()
            const [head, tail] = aroundScenes(textOf(snapshot))
            controller.enqueue(encoder.encode(before + head))
            controller.enqueue(scenesOf(snapshot))
            before = next < snapshots.length ? `${tail},` : tail
          }
        },
        { highWaterMark: 0 }
      )
    }
  }
}
