import { assertNever } from '../../common/assert-never.ts'
import { errorText } from '../../common/error-text.ts'
import { headerSum, MediaError, verifySegment } from '../../encode/index.ts'
import {
  ParamsError,
  UNMEASURED,
  withQuantiser,
  type EncoderParams,
  type SceneQuality
} from '../../encode/rules/index.ts'
import { beginCheck, createJudge, stepCheck } from '../../swarm/protocol/index.ts'
import { monotonicMs } from '../../common/clock.ts'
import { createLimit } from '../../common/limit.ts'
import { stepWhenFull, type SpaceWatch } from '../disk/step-when-full.ts'
import { createProver, type ProofHelp } from './prover.ts'
import { createQualityBudget } from './quality-budget.ts'
import { sceneParams, type ProjectSpec } from '../project-spec.ts'
import type { EncodeAgain } from './encode-again.ts'
import type { BlobExchange } from '../../swarm/index.ts'
import type {
  CheckFact,
  CheckTask,
  ExpectedResult,
  PendingResult,
  ProofDraw,
  ScenePlan,
  Verdict
} from '../../swarm/protocol/index.ts'
import type { BlobStore } from '../../storage/index.ts'

export interface VerificationComponents {
  readonly peerId: string
  readonly blobs: BlobStore
  readonly exchange: BlobExchange
  readonly guard: SpaceWatch
  readonly encodeAgain: EncodeAgain
  /** For scenes that are encoded again; private, may be removed. */
  readonly workDir: string
  /** What decides whether this result of a peer is proved without any suspicion. */
  readonly draw: (worker: string) => ProofDraw
  /** Whether each result of this node is compared with its source. Default: as many as the time allows. */
  readonly looksAtAll?: boolean
}

export interface Verifier {
  /**
   * Carries out the check of a result, which the caller holds: fetches it, looks at it, encodes the scene again, reads files again, as the rules for verdicts ask.
   * @throws MediaError `command-refused` or `tool-missing` where this node can check no result at all
   */
  verify: (result: PendingResult, expected: ResultOfScene, help: ProofHelp, signal: AbortSignal) => Promise<Checked>
}

/** What was found out about a result: what is to become of it, and how good it is, which decides nothing. */
export interface Checked {
  readonly verdict: Verdict
  readonly quality: SceneQuality
}

/** What is expected of a result, and what its scene is encoded from. */
export interface ResultOfScene extends ExpectedResult {
  readonly spec: ProjectSpec
  readonly plan: ScenePlan
}

/** A look at a result: what it says to the rules, and to people. */
interface Look {
  readonly fact: CheckFact
  readonly quality: SceneQuality
}

type SegmentInput = Parameters<typeof verifySegment>[0]

/** Results that are fetched and decoded at the same time. */
const PARALLEL = 2

/** One for each project: all its scenes must have the same stream parameters. */
export function createVerifier(components: VerificationComponents): Verifier {
  const { blobs, exchange, guard, peerId } = components
  const limit = createLimit(PARALLEL)
  const budget = createQualityBudget(components.looksAtAll === true ? Infinity : undefined)
  const prover = createProver(components)
  let judge = createJudge(peerId)

  async function look(
    result: PendingResult,
    expected: ResultOfScene,
    compare: boolean,
    signal: AbortSignal
  ): Promise<Look> {
    const { blob, worker, encodeMs } = result
    try {
      await stepWhenFull(guard, async () => exchange.fetch(blob, [worker], { signal }), signal)
    } catch (error) {
      signal.throwIfAborted()
      return { fact: { type: 'not-fetched', reason: errorText(error) }, quality: UNMEASURED }
    }
    // Only so that people see how good it is.
    const forShow = !compare && expected.accepted === undefined && budget.mayLook(encodeMs)
    const startedMs = monotonicMs()
    const purpose = compare ? 'verdict' : forShow ? 'quality' : undefined
    const segment = await verifySegment(segmentInput(result, expected, purpose), { signal })
    const { sequenceHeader, frames, likeness, quality } = segment
    if (forShow) budget.took(monotonicMs() - startedMs)
    const fact = { type: 'looked', header: headerSum(sequenceHeader), likeness, frames } as const
    return { fact: { ...fact, draw: components.draw(worker) }, quality }
  }

  function segmentInput(
    result: PendingResult,
    { spec, plan, goal }: ResultOfScene,
    purpose: SegmentInput['purpose']
  ): SegmentInput {
    return {
      file: blobs.path(result.blob.sha256),
      encoder: spec.encoder.name,
      params: usedParams(result, spec, plan),
      frames: plan.frames,
      video: spec.video,
      bitDepth: spec.bitDepth,
      metric: goal?.target.metric,
      purpose,
      source:
        purpose === undefined
          ? undefined
          : { pieceFile: blobs.path(plan.piece.sha256), skip: plan.skip, filters: spec.filters }
    }
  }

  async function tryLook(...[result, expected, compare, signal]: Parameters<typeof look>): Promise<Look> {
    try {
      return await limit(async () => look(result, expected, compare, signal))
    } catch (error) {
      signal.throwIfAborted()
      if (isUnfit(error)) throw error
      const fact = { type: isOwnFailure(error) ? 'own-failure' : 'not-valid', reason: errorText(error) } as const
      return { fact, quality: UNMEASURED }
    }
  }

  async function carryOut(
    task: Exclude<CheckTask, { type: 'judged' | 'look' }>,
    result: PendingResult,
    expected: ResultOfScene,
    help: ProofHelp,
    signal: AbortSignal
  ): Promise<CheckFact> {
    switch (task.type) {
      case 'encode':
        return task.alone ? prover.alone(expected, signal) : prover.helped(expected, help, signal)
      case 'reread':
        return { type: 'reread', isWhole: await blobs.check(task.what === 'piece' ? expected.plan.piece : result.blob) }
      default:
        return assertNever(task)
    }
  }

  return {
    verify: async (result, expected, help, signal) => {
      let { check, task } = beginCheck(judge, result, expected)
      let quality = UNMEASURED
      while (task.type !== 'judged') {
        let fact: CheckFact
        if (task.type === 'look') ({ fact, quality } = await tryLook(result, expected, task.compare, signal))
        else fact = await carryOut(task, result, expected, help, signal)
        // Other checks may have taught the judge something meanwhile.
        ;({ judge, check, task } = stepCheck(judge, check, fact))
      }
      return { verdict: task.verdict, quality }
    }
  }
}

/** The parameters of the encode that the result is: with a target quality, those with the quantiser that its worker chose. */
function usedParams({ quantiser }: PendingResult, spec: ProjectSpec, plan: ScenePlan): EncoderParams {
  const params = sceneParams(spec, plan)
  return quantiser === undefined || params.target === undefined
    ? params
    : withQuantiser(params, quantiser, spec.encoder.quantiser)
}

/** This meets every scene: encoding them again would never end. */
function isUnfit(error: unknown): boolean {
  return error instanceof MediaError && (error.code === 'command-refused' || error.code === 'tool-missing')
}

/** The programs, the system or the plan of this node failed: it says nothing about what was looked at. */
function isOwnFailure(error: unknown): boolean {
  if (error instanceof MediaError) return error.code !== 'bad-segment'
  return error instanceof ParamsError || (error instanceof Error && 'syscall' in error)
}
