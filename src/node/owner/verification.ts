import { errorText } from '../../common/error-text.ts'
import { headerSum, MediaError, verifySegment } from '../../encode/index.ts'
import { withQuantiser, type EncoderParams } from '../../encode/rules/index.ts'
import { monotonicMs } from '../../common/clock.ts'
import { createLimit } from '../../common/limit.ts'
import { stepWhenFull, type SpaceWatch } from '../disk/step-when-full.ts'
import { createQualityBudget } from './quality-budget.ts'
import { sceneParams, type ProjectSpec } from '../project-spec.ts'
import { oddity, suspicion } from './suspicion.ts'
import { createUsualWork } from './usual-work.ts'
import type { EncodeAgain } from './encode-again.ts'
import type { BlobExchange } from '../../swarm/index.ts'
import type { PendingResult, ScenePlan } from '../../swarm/protocol/index.ts'
import type { BlobStore } from '../../storage/index.ts'

const PIECE_LOST: Verdict = {
  ok: false,
  blamed: false,
  pieceLost: true,
  reason: "the source piece was damaged on the owner's disk"
}
/** What a result with other parameters is refused for, before the details. */
const OTHER_PARAMS = "its parameters differ from the project's"
const OTHER_HEADER = blame('its stream parameters differ from those of the other scenes')

export type Verdict = (
  | {
      readonly ok: true
      /** Peer id of the one who encoded it again, to the same bytes. */
      readonly provedBy?: string
    }
  | {
      readonly ok: false
      readonly blamed: boolean
      /** It looks wrong, and an encode by this node would prove nothing. */
      readonly unproven?: boolean
      /** The source piece was damaged here, and is no longer here. */
      readonly pieceLost?: boolean
      readonly reason: string
    }
) & {
  /** The lowest luma PSNR of a frame, where it was compared with the source. */
  readonly psnr?: number | undefined
}

export interface VerificationComponents {
  readonly peerId: string
  readonly blobs: BlobStore
  readonly exchange: BlobExchange
  readonly guard: SpaceWatch
  readonly encodeAgain: EncodeAgain
  /** For scenes that are encoded again; private, may be removed. */
  readonly workDir: string
  /** Whether this result of a peer is encoded again without any suspicion. */
  readonly drawProof: (worker: string, isFirst: boolean) => boolean
  /** Whether results that are merely unusual are encoded again. */
  readonly provesOdd: () => boolean
}

/** What a look at a result brought, where that is not a verdict. */
interface Seen {
  /** Stream parameters. */
  readonly header: string
  /** It looks wrong. */
  readonly doubt: string | undefined
  /** It may well be right, and is worth a proof. */
  readonly odd: string | undefined
  readonly psnr: number | undefined
}

export interface Verifier {
  /**
   * Fetches a result, which the caller holds, and checks it: bytes, structure, every frame decoded, the same stream parameters as its siblings, and the picture against the source.
   * @throws MediaError `command-refused` or `tool-missing` where this node can check no result at all
   */
  verify: (result: PendingResult, expected: ExpectedResult, signal: AbortSignal) => Promise<Verdict>
}

export interface ExpectedResult {
  readonly spec: ProjectSpec
  readonly plan: ScenePlan
  /** Hash that was accepted for the scene before its file was lost; only the same bytes will do. */
  readonly sha256: string | undefined
  /** Sum of the project's sequence header by this node's own encoder; undefined while that is not known. */
  readonly header: string | undefined
  /** An encode by this node would have to have the same bytes. */
  readonly provable: boolean
  /** The project has no proved result of the worker yet. */
  readonly isFirst: boolean
}

/** Results that are fetched and decoded at the same time. */
const PARALLEL = 2

/** One for each project: all its scenes must have the same stream parameters. */
export function createVerifier(components: VerificationComponents): Verifier {
  const { blobs, exchange, guard, peerId } = components
  const limit = createLimit(PARALLEL)
  const budget = createQualityBudget()
  /** Workers whose first result is being proved: those that come meanwhile are not their first as well. */
  const provingFirst = new Set<string>()
  const usual = createUsualWork()
  let sequenceHeader: string | undefined
  /** Undefined until the encoder of this node broke a rule itself: a version that nobody has measured, so the rule says nothing of others. */
  let ownBreach: string | undefined

  /** @returns what is to be encoded again, and why; or the verdict. */
  async function look(result: PendingResult, expected: ExpectedResult, signal: AbortSignal): Promise<Verdict | Seen> {
    const { blob, worker } = result
    const { spec, plan, sha256 } = expected
    try {
      await stepWhenFull(guard, async () => exchange.fetch(blob, [worker], { signal }), signal)
    } catch (error) {
      signal.throwIfAborted()
      return { ok: false, blamed: false, reason: `could not fetch the result: ${errorText(error)}` }
    }
    const isLooked = isOurs(result, expected) && sha256 == null && budget.mayLook(result.encodeMs)
    const startedMs = monotonicMs()
    const segment = await verifySegment(
      {
        file: blobs.path(blob.sha256),
        encoder: spec.encoder.name,
        params: usedParams(result, expected),
        frames: plan.frames,
        video: spec.video,
        bitDepth: spec.bitDepth,
        source:
          isOurs(result, expected) && !isLooked
            ? undefined
            : { pieceFile: blobs.path(plan.piece.sha256), skip: plan.skip }
      },
      { signal }
    )
    if (isLooked) budget.took(monotonicMs() - startedMs)
    const { sequenceHeader: header, likeness, frames } = segment
    if (!isSibling(header, expected)) return OTHER_HEADER
    if (worker === peerId) ownBreach ??= frames?.breach
    if (!isOurs(result, expected)) {
      if (frames?.breach !== undefined && ownBreach === undefined) return blame(`${OTHER_PARAMS}: ${frames.breach}`)
      const odd = components.provesOdd() ? usual.oddity(result, plan.frames, oddity(segment)) : undefined
      return { header, doubt: suspicion(likeness), odd, psnr: likeness?.worstLumaDb }
    }
    // How an own result looks decides nothing.
    return asSibling(header, expected, { ok: true, psnr: likeness?.worstLumaDb })
  }

  /** [RULE 46] A result that does not look like its source is encoded once more by the owner: the same bytes are right however they look, others are refused. */
  async function prove(
    { blob }: PendingResult,
    { spec, plan }: ExpectedResult,
    { doubt, odd }: Pick<Seen, 'doubt' | 'odd'>,
    signal: AbortSignal
  ): Promise<Verdict> {
    const why = doubt ?? odd
    try {
      const workDir = components.workDir
      const sha256 = await components.encodeAgain({ spec, plan, workDir }, signal)
      if (sha256 === blob.sha256) return { ok: true, provedBy: peerId }
    } catch (error) {
      if (!(error instanceof MediaError)) throw error
      if (!(await blobs.check(plan.piece))) return PIECE_LOST
      // This node's own failure is nobody else's fault.
      return doubt == null ? { ok: true } : { ok: false, blamed: false, reason: `${doubt}; ${error.message}` }
    }
    return blame(`encoding the scene again gives different bytes${why == null ? '' : `; ${why}`}`)
  }

  async function check(result: PendingResult, expected: ExpectedResult, signal: AbortSignal): Promise<Verdict> {
    const seen = await limit(async () => look(result, expected, signal))
    if ('ok' in seen) return seen
    const { header, doubt, odd, psnr } = seen
    if (doubt != null && !expected.provable) return { ok: false, blamed: false, unproven: true, reason: doubt, psnr }
    const { worker } = result
    const isFirst = expected.isFirst && !provingFirst.has(worker)
    const mustProve = expected.provable && (doubt != null || odd != null || components.drawProof(worker, isFirst))
    if (!mustProve) return asSibling(header, expected, { ok: true, psnr })
    if (isFirst) provingFirst.add(worker)
    try {
      return asSibling(header, expected, { ...(await prove(result, expected, { doubt, odd }, signal)), psnr })
    } finally {
      if (isFirst) provingFirst.delete(worker)
    }
  }

  /** [RULE 76] Every scene has the header of the project's probe; where that is not known, that of the first result that is right. */
  function isSibling(header: string, { header: own }: ExpectedResult): boolean {
    return own === undefined ? header === (sequenceHeader ?? header) : headerSum(header) === own
  }

  /** Only a result that is right sets the header: one that is refused must not make the others wrong. Looked at again, since another may have set it meanwhile. */
  function asSibling(header: string, expected: ExpectedResult, verdict: Verdict): Verdict {
    if (!verdict.ok) return verdict
    if (!isSibling(header, expected)) return OTHER_HEADER
    sequenceHeader ??= header
    return verdict
  }

  async function judge(result: PendingResult, expected: ExpectedResult, signal: AbortSignal): Promise<Verdict> {
    try {
      return await check(result, expected, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (isUnfit(error)) throw error
      return isOwnFailure(error) ? { ok: false, blamed: false, reason: errorText(error) } : blame(errorText(error))
    }
  }

  /** [RULE 56] Before a worker is blamed the owner reads what it judged by once more: a piece or a result that its own disk damaged is nobody else's fault. */
  async function verify(result: PendingResult, expected: ExpectedResult, signal: AbortSignal): Promise<Verdict> {
    const { sha256 } = expected
    if (sha256 != null && sha256 !== result.blob.sha256)
      return blame('these are not the bytes that were accepted before')
    for (let isAgain = false; ; isAgain = true) {
      const verdict = await judge(result, expected, signal)
      if (verdict.ok || !verdict.blamed) return verdict
      if (!isOurs(result, expected) && !(await blobs.check(expected.plan.piece))) return PIECE_LOST
      if (await blobs.check(result.blob)) return verdict
      // Gone from the disk with the check, so it is fetched again.
      if (isAgain) return { ok: false, blamed: false, reason: "the result was damaged on the owner's disk" }
    }
  }

  /** Results that this node made or accepted before are not in doubt. */
  function isOurs({ worker }: PendingResult, { sha256 }: ExpectedResult): boolean {
    return worker === peerId || sha256 != null
  }

  return { verify }
}

/** The parameters of the encode that the result is: with a target quality, those with the quantiser that its worker chose. */
function usedParams({ quantiser }: PendingResult, { spec, plan }: ExpectedResult): EncoderParams {
  const params = sceneParams(spec, plan)
  return quantiser === undefined || params.target === undefined
    ? params
    : withQuantiser(params, quantiser, spec.encoder.quantiser)
}

/** This meets every scene: encoding them again would never end. */
function isUnfit(error: unknown): boolean {
  return error instanceof MediaError && (error.code === 'command-refused' || error.code === 'tool-missing')
}

/** The programs or the system of this node failed: it says nothing about what was looked at. */
function isOwnFailure(error: unknown): boolean {
  return error instanceof MediaError ? error.code !== 'bad-segment' : error instanceof Error && 'syscall' in error
}

function blame(reason: string): Verdict {
  return { ok: false, blamed: true, reason }
}
