import { setTimeout as pause } from 'node:timers/promises'
import { MediaError } from '../../encode/index.ts'
import { sameBuild } from '../../encode/rules/index.ts'
import type { ProjectContext } from './project-context.ts'

/** Times that the own probe is tried. */
const PROBE_TRIES = 3
const PROBE_PAUSE_MS = 10_000

/** What this node's encoder makes of the project's probe clip, which others are compared with. Kept with the job, since the encoder may be another after a restart. */
export interface OwnProbe {
  make: () => Promise<void>
  /** Before any other worker is here: what others made earlier can be compared with the own encoder only by its probe. Without it nothing of theirs is used again. */
  makeEarly: () => Promise<void>
}

export function createOwnProbe(context: ProjectContext): OwnProbe {
  const { file, signal } = context
  const { log, probes } = context.components
  const { projectId } = context.init
  let triedEarly = false

  async function makeOnce(): Promise<void> {
    const { announce } = context.view
    const { build, probe } = await probes.make(announce, () => true, signal)
    if (!sameBuild(build, announce.encoderBuild)) throw new Error(`the encoder here is ${build} now`)
    file.change({ probe })
    await file.save()
    context.dispatch({ type: 'probed', probe })
  }

  async function make(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await makeOnce()
        return
      } catch (error) {
        if (signal.aborted) return
        log.warn({ projectId, err: error }, 'the probe of a project failed, so other nodes get no scenes of it')
        // Without its own build a node goes on with what others have begun.
        if (!(error instanceof MediaError)) return
        if (tries === PROBE_TRIES) throw error
        await pause(PROBE_PAUSE_MS * 2 ** tries, undefined, { signal, ref: false }).catch(() => {})
      }
    }
  }

  async function makeEarly(): Promise<void> {
    if (context.state.making.probe != null || triedEarly) return
    triedEarly = true
    try {
      await makeOnce()
    } catch (error) {
      signal.throwIfAborted()
      log.warn({ projectId, err: error }, 'the probe of a project failed')
    }
  }

  return { make, makeEarly }
}
