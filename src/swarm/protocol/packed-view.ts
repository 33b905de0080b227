import { packScenes, unpackScenes, type PackedScenes } from './packed-scenes.ts'
import type { ProjectView, SceneFacts, SceneView } from './view.ts'

type Bare = Omit<ProjectView, 'scenes'>

/** A project whose log need not be folded again, as far as the log is what it was. */
export interface KeptView {
  readonly view: ProjectView
  /** Of all its records. */
  readonly bytes: number
  /** Length of its journal at its owner; 0 at others. */
  readonly journalBytes: number
}

/** What the bytes of a kept view begin with. */
interface KeptHead extends Omit<KeptView, 'view'> {
  readonly form: number
  readonly version: string
  readonly view: Bare
}

/** Goes up with each change of what is kept, also within a version. */
const FORM = 1
const LENGTH_BYTES = 4

/** By view. One that is copied field by field has its scenes unpacked. */
const packs = new WeakMap<ProjectView, PackedScenes>()

/** The same view in a tenth of its room. Its scenes are unpacked when they are asked for, and go when nobody needs them. */
export function packView(view: ProjectView): ProjectView {
  return packs.has(view) ? view : lazyView({ ...bareOf(view), facts: factsOf(view) }, packScenes(view.scenes))
}

/** What is told of all scenes together; a packed project stays packed. */
export function factsOf(view: ProjectView): SceneFacts {
  if (view.facts !== undefined) return view.facts
  const receipts = view.scenes.flatMap(({ accepted }) => accepted ?? [])
  return {
    scenes: view.scenes.length,
    doneBy: countsOf(receipts.map(({ worker }) => worker)),
    madeBy: countsOf(receipts.map(({ maker }) => maker?.build ?? '')),
    proved: receipts.filter(({ provedBy }) => provedBy !== undefined).length
  }
}

function countsOf(names: readonly string[]): (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
}

/** A view under another title; a packed one stays packed. */
export function withTitle(view: ProjectView, title: string): ProjectView {
  const announce = { ...view.announce, title }
  const packed = packs.get(view)
  return packed === undefined ? { ...view, announce } : lazyView({ ...bareOf(view), announce }, packed)
}

/** @param version of what writes it: another one does not read it */
export function encodeKept({ view, ...rest }: KeptView, version: string): Uint8Array<ArrayBuffer> {
  const scenes = packs.get(view) ?? packScenes(view.scenes)
  const head: KeptHead = { ...rest, form: FORM, version, view: { ...bareOf(view), facts: factsOf(view) } }
  const json = new TextEncoder().encode(JSON.stringify(head))
  const bytes = new Uint8Array(LENGTH_BYTES + json.length + scenes.length)
  new DataView(bytes.buffer).setUint32(0, json.length)
  bytes.set(json, LENGTH_BYTES)
  bytes.set(scenes, LENGTH_BYTES + json.length)
  return bytes
}

/** @param bytes of `encodeKept`, unchanged. @returns one with a packed view; undefined where another version wrote it */
export function decodeKept(bytes: Uint8Array<ArrayBuffer>, version: string): KeptView | undefined {
  const end = LENGTH_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, end))) as KeptHead
  if (head.form !== FORM || head.version !== version) return undefined
  return { bytes: head.bytes, journalBytes: head.journalBytes, view: lazyView(head.view, bytes.subarray(end)) }
}

/** Field by field: whoever copies all of a packed view unpacks it. */
function bareOf(view: ProjectView): Bare {
  const { projectId, owner, announce, priority, planned, acceptedScenes, acceptedFrames, acceptedBytes } = view
  const { withdrawn, end, fork, head, facts } = view
  const counts = { acceptedScenes, acceptedFrames, acceptedBytes }
  return { projectId, owner, announce, priority, planned, ...counts, withdrawn, end, fork, head, facts }
}

function lazyView(bare: Bare, packed: PackedScenes): ProjectView {
  let unpacked: WeakRef<readonly SceneView[]> | undefined
  const view: ProjectView = {
    ...bare,
    get scenes() {
      const known = unpacked?.deref()
      if (known !== undefined) return known
      const scenes = unpackScenes(packed)
      unpacked = new WeakRef(scenes)
      return scenes
    }
  }
  packs.set(view, packed)
  return view
}
