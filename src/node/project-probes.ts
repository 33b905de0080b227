import { raceSignal } from 'race-signal'
import { createProbeCache, probeKey, probeProject, type InstalledEncoder, type ProbeSums } from '../encode/index.ts'
import { sameBuild, threadsFor } from '../encode/rules/index.ts'
import { mayUseBuild, type Announce } from '../swarm/protocol/index.ts'
import { createLimit } from '../common/limit.ts'
import { type FactsOf, factsOf, parseSpec } from './project-spec.ts'
import type { Logger } from '../swarm/index.ts'

/** What this node's encoder makes of projects' probe clips: for the owner's role and for the worker's. */
export interface ProjectProbes {
  /**
   * Encodes the clip, or remembers what came of it. One after the other.
   * @param isWanted whether it still is when its turn comes
   * @throws MediaError, ParamsError, or Error where no encoder here may work for the project, or it is no longer wanted
   */
  make: (announce: Announce, isWanted: () => boolean, signal: AbortSignal) => Promise<MadeProbe>
}

export interface MadeProbe {
  /** Of the installed encoder. */
  readonly build: string
  readonly probe: ProbeSums
}

export interface ProjectProbesInit {
  readonly folder: string
  readonly encoders: () => Promise<readonly InstalledEncoder[]>
  readonly threads: number
  readonly nice: number
  readonly log: Logger
}

/** The encoder here that may work for a project, one with the owner's bytes first. */
export function usableBuild(installed: Iterable<string>, announce: Announce): string | undefined {
  const builds = [...installed].filter((build) => mayUseBuild(announce, build))
  return builds.find((build) => sameBuild(build, announce.encoderBuild)) ?? builds[0]
}

export function createProjectProbes({ folder, encoders, threads, nice, log }: ProjectProbesInit): ProjectProbes {
  const cache = createProbeCache(folder)
  const limit = createLimit(1)

  async function makeNow(announce: Announce, build: string, facts: FactsOf, signal: AbortSignal): Promise<ProbeSums> {
    const { params, video } = parseSpec(announce, facts)
    const input = { build, params, video, threads: threadsFor(threads, announce.threads), nice }
    const key = await probeKey(input, { signal })
    const known = await cache.load(key)
    if (known !== undefined) return known
    const began = performance.now()
    const probe = await probeProject(input, { signal })
    log.info({ build, ms: Math.round(performance.now() - began) }, 'made the probe of a project')
    await cache.save(key, probe)
    return probe
  }

  return {
    make: async (announce, isWanted, signal) => {
      const turn = limit(async () => {
        signal.throwIfAborted()
        if (!isWanted()) throw new Error('the probe is no longer wanted')
        const installed = await encoders()
        const builds = installed.map((encoder) => encoder.build)
        const build = usableBuild(builds, announce)
        if (build === undefined) throw new Error(`the encoder here is no longer ${announce.encoderBuild}`)
        return { build, probe: await makeNow(announce, build, factsOf(installed), signal) }
      })
      // A caller that has left does not wait for its turn.
      return raceSignal(turn, signal)
    }
  }
}
