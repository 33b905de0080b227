import { assertNever } from '../../common/assert-never.ts'
import { oddity, suspicion } from '../../encode/rules/likeness.ts'
import { proofShareOf } from './trust-ledger.ts'
import { noteWork } from './usual-work.ts'
import type { PendingResult } from './owner-types.ts'
import type {
  Check,
  CheckFact,
  CheckStep,
  ExpectedResult,
  Judge,
  Precedent,
  Refusal,
  Suspect,
  Verdict
} from './verdict-types.ts'

type FactOf<T extends CheckFact['type']> = Extract<CheckFact, { type: T }>

const PIECE_LOST: Verdict = {
  ok: false,
  blamed: false,
  pieceLost: true,
  reason: "the source piece was damaged on the owner's disk"
}
const RESULT_LOST: Verdict = { ok: false, blamed: false, reason: "the result was damaged on the owner's disk" }
/** Why a result with other parameters is refused, before the details. */
const OTHER_PARAMS = "its parameters differ from the project's"
const OTHER_HEADER = 'its stream parameters differ from those of the other scenes'
const OTHER_BYTES = 'these are not the bytes that were accepted before'
const NOT_ENCODED = 'encoding the scene again gives different bytes'

/** An earlier result that says something else than this one. */
interface Conflict {
  readonly with: Precedent
  /** What is wrong with this one, if the earlier one is right. */
  readonly reason: string
  /** What is wrong with the earlier one, if this one is right. */
  readonly exposed: string
}

const blame = (reason: string): Refusal => ({ ok: false, blamed: true, reason })
const excuse = (reason: string): Refusal => ({ ok: false, blamed: false, reason })
/** [RULE 46] [RULE 85] The attempt counts as failed, so that the scene is not encoded again without end. */
const undecided = (reason: string): Refusal => ({ ...excuse(reason), undecided: true })
const unasked = ({ type }: CheckFact): Error => new Error(`the check of a result did not ask for the fact "${type}"`)

/** @param self peer id of the owner */
export const createJudge = (self: string): Judge => ({
  self,
  header: undefined,
  ownBreach: undefined,
  provingFirst: new Set(),
  usual: new Map()
})

/** Begins the check of a result. The caller carries out the task, and hands what it found to `stepCheck` until the task is a verdict. */
export function beginCheck(judge: Judge, result: PendingResult, expected: ExpectedResult): CheckStep {
  const check: Check = { result, expected, isAgain: false, stage: { type: 'looking' } }
  const conflict = otherBytes(check)
  if (conflict !== undefined && isCertain(judge, conflict.with)) return judged(judge, check, blame(conflict.reason))
  return look(judge, check)
}

/**
 * From what was found out about a result to what must be done next. Checks of several results may run at the same time: each step takes and gives the judge that all share.
 * @throws Error for a fact that the task of the check did not ask for
 */
export function stepCheck(judge: Judge, check: Check, fact: CheckFact): CheckStep {
  const { stage } = check
  switch (stage.type) {
    case 'looking':
      return onLook(judge, check, fact)
    case 'proving':
      return onProof(judge, check, stage.suspect, fact)
    case 'excusing':
      return onExcuse(judge, check, stage, expectFact(fact, 'reread').isWhole)
    case 'blaming':
      return onBlame(judge, check, stage, expectFact(fact, 'reread').isWhole)
    case 'judged':
      throw unasked(fact)
    default:
      return assertNever(stage)
  }
}

function onLook(judge: Judge, check: Check, fact: CheckFact): CheckStep {
  switch (fact.type) {
    case 'not-fetched':
      return judged(judge, check, excuse(`could not fetch the result: ${fact.reason}`))
    case 'own-failure':
      return judged(judge, check, undecided(fact.reason))
    case 'not-valid':
      return accuse(judge, check, fact.reason)
    case 'looked':
      return onLooked(judge, check, fact)
    case 'encoded':
    case 'confirmed':
    case 'reread':
      throw unasked(fact)
    default:
      return assertNever(fact)
  }
}

/** [RULE 46] What does not look like its source is proved, and so are unusual results and a share of all others. What cannot be proved is judged by its look. */
function onLooked(judge: Judge, check: Check, seen: FactOf<'looked'>): CheckStep {
  const { result, expected } = check
  const { header, likeness, frames, draw } = seen
  const conflict = conflictOf(judge, check, header)
  if (conflict !== undefined && isCertain(judge, conflict.with)) return accuse(judge, check, conflict.reason)
  // How an own result looks decides nothing.
  if (isOwn(judge, check) && (conflict === undefined || result.worker === judge.self))
    return accept(withOwnBreach(judge, result, frames?.breach), check, header, { ok: true })
  if (frames?.breach !== undefined && judge.ownBreach === undefined)
    return accuse(judge, check, `${OTHER_PARAMS}: ${frames.breach}`)
  const chosen = expected.goal && { goal: expected.goal, quantiser: result.quantiser }
  const { usual, odd } =
    draw.share > 0
      ? noteWork(judge.usual, result, expected.plan.frames, {
          odd: oddity({ likeness, frames, chosen }),
          tools: frames?.tools ?? []
        })
      : { usual: judge.usual, odd: undefined }
  const noted = { ...judge, usual }
  const doubt = suspicion(likeness) ?? conflict?.reason
  if (!expected.provable && conflict !== undefined) return judged(noted, check, undecided(conflict.reason))
  if (!expected.provable)
    return doubt === undefined
      ? accept(noted, check, header, { ok: true })
      : judged(noted, check, { ...excuse(doubt), unproven: true })
  const isFirst = expected.isFirst && !judge.provingFirst.has(result.worker)
  const isDrawn = draw.luck < proofShareOf(draw.ledger, { ...draw, worker: result.worker, isFirst })
  if (doubt === undefined && odd === undefined && !isDrawn) return accept(noted, check, header, { ok: true })
  return prove(noted, check, { header, doubt, odd, isFirst })
}

function prove(judge: Judge, check: Check, suspect: Suspect): CheckStep {
  const provingFirst = suspect.isFirst ? new Set(judge.provingFirst).add(check.result.worker) : judge.provingFirst
  return {
    judge: { ...judge, provingFirst },
    check: { ...check, stage: { type: 'proving', suspect } },
    // What looks wrong is right by the owner's own bytes only.
    task: { type: 'encode', alone: suspect.doubt !== undefined }
  }
}

/** The same bytes are right however they look; others are wrong. */
function onProof(judge: Judge, check: Check, suspect: Suspect, fact: CheckFact): CheckStep {
  const { worker, blob } = check.result
  const isProving = (one: string): boolean => !suspect.isFirst || one !== worker
  const over = { ...judge, provingFirst: new Set([...judge.provingFirst].filter(isProving)) }
  if (fact.type === 'own-failure') {
    const stage = { type: 'excusing', suspect, reason: fact.reason } as const
    return { judge: over, check: { ...check, stage }, task: { type: 'reread', what: 'piece' } }
  }
  const { header, doubt, odd } = suspect
  // [RULE 46]
  if (fact.type === 'confirmed') return accept(over, check, header, { ok: true, provedBy: fact.by })
  if (expectFact(fact, 'encoded').sha256 === blob.sha256)
    return accept(over, check, header, { ok: true, provedBy: judge.self })
  const why = doubt ?? odd
  return accuse(over, check, `${NOT_ENCODED}${why === undefined ? '' : `; ${why}`}`)
}

/** This node's own failure is nobody else's fault: what looks right passes without a proof, what looks wrong is refused without blame. */
function onExcuse(
  judge: Judge,
  check: Check,
  { suspect, reason }: Extract<Check['stage'], { type: 'excusing' }>,
  isWhole: boolean
): CheckStep {
  const { header, doubt } = suspect
  if (!isWhole) return judged(judge, check, PIECE_LOST)
  return doubt === undefined
    ? accept(judge, check, header, { ok: true })
    : judged(judge, check, undecided(`${doubt}; ${reason}`))
}

/** [RULE 56] Before a worker is blamed the owner reads what it judged by once more: a piece or a result that its own disk damaged is nobody else's fault. */
function accuse(judge: Judge, check: Check, reason: string): CheckStep {
  const what = isOwn(judge, check) ? 'result' : 'piece'
  const stage = { type: 'blaming', verdict: blame(reason), what } as const
  return { judge, check: { ...check, stage }, task: { type: 'reread', what } }
}

function onBlame(
  judge: Judge,
  check: Check,
  stage: Extract<Check['stage'], { type: 'blaming' }>,
  isWhole: boolean
): CheckStep {
  if (stage.what === 'piece') {
    if (!isWhole) return judged(judge, check, PIECE_LOST)
    return { judge, check: { ...check, stage: { ...stage, what: 'result' } }, task: { type: 'reread', what: 'result' } }
  }
  if (isWhole) return judged(judge, check, stage.verdict)
  // A damaged file goes with the check, so it is fetched again.
  if (check.isAgain) return judged(judge, check, RESULT_LOST)
  return look(judge, { ...check, isAgain: true, stage: { type: 'looking' } })
}

/** The owner's own encode gave it. */
function isCertain({ self }: Judge, { by }: Precedent): boolean {
  return by.includes(self)
}

function otherBytes({ result, expected: { accepted } }: Check): Conflict | undefined {
  if (accepted === undefined || accepted.sum === result.blob.sha256) return undefined
  return { with: accepted, reason: OTHER_BYTES, exposed: NOT_ENCODED }
}

/** [RULE 76] Every scene has the header of the project's probe; where that is not known, that of the first result. */
function conflictOf(judge: Judge, check: Check, header: string): Conflict | undefined {
  const own = check.expected.header
  const known = own === undefined ? judge.header : { sum: own, by: [judge.self] }
  if (known !== undefined && known.sum !== header)
    return { with: known, reason: OTHER_HEADER, exposed: 'encoding another scene gives different stream parameters' }
  return otherBytes(check)
}

/** Only an accepted result sets the header: one that is refused must not make the others wrong. Another check may have set it meanwhile. */
function accept(judge: Judge, check: Check, header: string, verdict: Verdict & { readonly ok: true }): CheckStep {
  const { worker } = check.result
  const by = verdict.provedBy === undefined ? [worker] : [worker, verdict.provedBy]
  const found: Precedent = { sum: header, by }
  const taught = judge.header === undefined || isCertain(judge, found) ? { ...judge, header: found } : judge
  const conflict = conflictOf(judge, check, header)
  if (conflict === undefined) return judged(taught, check, verdict)
  if (isCertain(judge, conflict.with)) return accuse(judge, check, conflict.reason)
  // [RULE 85] The owner's own encode decides between two results, and nothing else does.
  if (!isCertain(judge, found))
    return prove(judge, check, { header, doubt: conflict.reason, odd: undefined, isFirst: false })
  return judged(taught, check, { ...excuse(conflict.exposed), exposes: conflict.with.by })
}

/** Results that this node made or accepted before are not in doubt. */
function isOwn({ self }: Judge, { result, expected }: Check): boolean {
  return result.worker === self || expected.accepted?.sum === result.blob.sha256
}

function withOwnBreach(judge: Judge, { worker }: PendingResult, breach: string | undefined): Judge {
  return worker === judge.self ? { ...judge, ownBreach: judge.ownBreach ?? breach } : judge
}

function look(judge: Judge, check: Check): CheckStep {
  return { judge, check, task: { type: 'look', compare: !isOwn(judge, check) } }
}

function judged(judge: Judge, check: Check, verdict: Verdict): CheckStep {
  return { judge, check: { ...check, stage: { type: 'judged' } }, task: { type: 'judged', verdict } }
}

function expectFact<T extends CheckFact['type']>(fact: CheckFact, type: T): FactOf<T> {
  if (fact.type !== type) throw unasked(fact)
  return fact as FactOf<T>
}
