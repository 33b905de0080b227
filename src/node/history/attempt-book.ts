import { UNMEASURED } from '../../encode/rules/index.ts'
import { clipText, type Token } from '../../swarm/protocol/index.ts'
import { isOver, type Attempt, type AttemptNote } from './attempt.ts'

/** What an attempt takes in memory beside its reason, about. */
const ATTEMPT_BYTES = 500
const CHAR_BYTES = 2
/** The end of what an encoder said is in it. */
const REASON_CHARS_MAX = 2000
/** What stays when it is too much. */
const KEPT_SHARE = 0.95
/** Attempts that are kept of one scene; more only come from workers that leave or are strange. */
const PER_SCENE_MAX = 32

export interface AttemptBookInit {
  /** Of all projects; the oldest go first. */
  readonly bytesMax: number
  readonly projectBytesMax: number
  /** Told of each that went for want of room. */
  readonly onDrop?: (attempt: Attempt) => void
}

interface Kept {
  /** By token, the oldest first. */
  readonly attempts: Map<string, Attempt>
  readonly byScene: Map<number, readonly Attempt[]>
  readonly open: Set<string>
  bytes: number
  revision: number
}

/** Attempts in memory, within a bound. */
export class AttemptBook {
  readonly #init: AttemptBookInit
  readonly #projects = new Map<string, Kept>()
  #bytes = 0
  /** Over all projects: one that is forgotten and noted again does not get a number for the second time. */
  #changes = 0

  constructor(init: AttemptBookInit) {
    this.#init = init
  }

  /** @returns the attempt as it is now; undefined when the note is of none that is known. */
  note(note: AttemptNote, atMs: number): Attempt | undefined {
    const { token, worker } = note
    const known = this.#projects.get(token.projectId)?.attempts.get(keyOf(token))
    if (known != null && known.worker !== worker) return undefined
    const next = noted(known, note, atMs)
    return next == null ? undefined : this.put(next)
  }

  put(given: Attempt): Attempt {
    const attempt = { ...given, reason: clipText(given.reason, REASON_CHARS_MAX) }
    const { projectId, scene } = attempt
    const project = this.#project(projectId)
    const key = keyOf(attempt)
    const before = project.attempts.get(key)
    const others = project.byScene.get(scene) ?? []
    project.byScene.set(scene, before == null ? [...others, attempt] : others.with(others.indexOf(before), attempt))
    project.attempts.set(key, attempt)
    if (isOver(attempt)) project.open.delete(key)
    else project.open.add(key)
    this.#grow(project, sizeOf(attempt) - (before == null ? 0 : sizeOf(before)))
    this.#shrink(projectId, project, scene)
    return attempt
  }

  /** Of one scene, the oldest first. */
  of(projectId: string, scene: number): readonly Attempt[] {
    return this.#projects.get(projectId)?.byScene.get(scene) ?? []
  }

  /** Another number after each change of a project's attempts; 0 where none are known. */
  revision(projectId: string): number {
    return this.#projects.get(projectId)?.revision ?? 0
  }

  /** Of a project, those that are not over. */
  open(projectId: string): readonly Attempt[] {
    const project = this.#projects.get(projectId)
    return [...(project?.open ?? [])].map((key) => project?.attempts.get(key)).filter((attempt) => attempt != null)
  }

  *all(): Generator<Attempt> {
    for (const project of this.#projects.values()) yield* project.attempts.values()
  }

  forget(projectId: string): void {
    this.#bytes -= this.#projects.get(projectId)?.bytes ?? 0
    this.#projects.delete(projectId)
  }

  #project(projectId: string): Kept {
    const known = this.#projects.get(projectId)
    if (known != null) return known
    const made: Kept = { attempts: new Map(), byScene: new Map(), open: new Set(), bytes: 0, revision: 0 }
    this.#projects.set(projectId, made)
    return made
  }

  #grow(project: Kept, bytes: number): void {
    this.#changes += 1
    project.revision = this.#changes
    project.bytes += bytes
    this.#bytes += bytes
  }

  #shrink(projectId: string, project: Kept, scene: number): void {
    const [first, ...others] = project.byScene.get(scene) ?? []
    if (first != null && others.length >= PER_SCENE_MAX) this.#drop(projectId, project, first)
    const { bytesMax, projectBytesMax } = this.#init
    if (project.bytes > projectBytesMax)
      this.#dropOldest(projectId, project, project.bytes - projectBytesMax * KEPT_SHARE)
    while (this.#bytes > bytesMax) {
      const [id, kept] = this.#longestKept() ?? [projectId, project]
      this.#dropOldest(id, kept, this.#bytes - bytesMax * KEPT_SHARE)
    }
  }

  /** Many at once: finding the first of a map takes long after many were deleted from its beginning. */
  #dropOldest(projectId: string, project: Kept, bytes: number): void {
    const target = project.bytes - bytes
    for (const attempt of project.attempts.values()) {
      if (project.bytes <= target) return
      this.#drop(projectId, project, attempt)
    }
  }

  #longestKept(): readonly [string, Kept] | undefined {
    let found: readonly [string, Kept] | undefined
    let foundMs = Infinity
    for (const entry of this.#projects) {
      const [first] = entry[1].attempts.values()
      if (first == null || first.changedAtMs >= foundMs) continue
      found = entry
      foundMs = first.changedAtMs
    }
    return found
  }

  #drop(projectId: string, project: Kept, attempt: Attempt): void {
    const key = keyOf(attempt)
    const left = (project.byScene.get(attempt.scene) ?? []).filter((other) => other !== attempt)
    if (left.length > 0) project.byScene.set(attempt.scene, left)
    else project.byScene.delete(attempt.scene)
    project.attempts.delete(key)
    project.open.delete(key)
    this.#grow(project, -sizeOf(attempt))
    if (project.attempts.size === 0) this.#projects.delete(projectId)
    this.#init.onDrop?.(attempt)
  }
}

function noted(known: Attempt | undefined, note: AttemptNote, atMs: number): Attempt | undefined {
  if (note.type === 'started') {
    const { token, worker, isNew } = note
    const begun = known ?? { ...fresh(token, worker), startedAtMs: isNew ? atMs : null }
    return { ...begun, endedAtMs: null, verdict: 'running', reason: '', changedAtMs: atMs }
  }
  if (note.type === 'delivered') {
    const { token, worker, bytes, encodeMs } = note
    // A result may belong to a grant from before a restart, while another worker has the scene.
    const begun = known ?? { ...fresh(token, worker), startedAtMs: null }
    return { ...begun, bytes, encodeMs, endedAtMs: atMs, verdict: 'verifying', reason: '', changedAtMs: atMs }
  }
  if (known == null) return undefined
  const { verdict, reason, quality } = note
  const endedAtMs = known.endedAtMs ?? atMs
  return { ...known, endedAtMs, verdict, reason, ...quality, changedAtMs: atMs }
}

function fresh({ projectId, scene, epoch, attempt }: Token, worker: string) {
  return { projectId, scene, epoch, attempt, worker, bytes: null, encodeMs: null, ...UNMEASURED }
}

function sizeOf({ reason }: Attempt): number {
  return ATTEMPT_BYTES + CHAR_BYTES * reason.length
}

function keyOf({ scene, epoch, attempt }: Omit<Token, 'projectId'>): string {
  return `${scene}!${epoch}!${attempt}`
}
