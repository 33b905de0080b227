import { sameBuild, sameEncoder } from '../../encode/rules/build-class.ts'
import { assertNever } from '../../common/assert-never.ts'
import type { OwnerCode } from './idle.ts'
import type { Accept, Announce, Maker, NoWorkCode, Probe } from './types.ts'

/** What an owner knows of its project's encoder. */
export interface Making {
  /** Peer id of the owner. */
  readonly self: string
  /** The announced build, which is the owner's. */
  readonly build: string
  readonly builds: Announce['builds']
  /** The owner's own probe; undefined while it is not known. */
  readonly probe: Probe | undefined
  /** The probe is being made. */
  readonly probing: boolean
}

/** The worker that asks, and its encoder. */
export interface MakerClaim {
  readonly worker: string
  readonly build: string
  readonly probe: Probe | undefined
  /** The owner has reason to know the worker, whatever it did. */
  readonly known: boolean
}

/** [RULE 70] Which builds may work for a project: its owner's and those known to produce the same bytes, or all of the same encoder. */
export function mayUseBuild(
  { encoderBuild, builds }: Pick<Announce, 'encoderBuild' | 'builds'>,
  build: string
): boolean {
  return builds === 'compatible' ? sameEncoder(encoderBuild, build) : sameBuild(encoderBuild, build)
}

/** [RULE 71] The owner's own worker needs no probe: it runs the program that the owner checks with. */
export const needsProbe = ({ self, build }: Pick<Making, 'self' | 'build'>, worker: string, own: string): boolean =>
  worker !== self || !sameBuild(build, own)

/** [RULE 72] What keeps a worker from the project; undefined if nothing does. A probe in a claim is only the worker's claim: it protects honest workers, and results are checked as always. */
export function refuseMaker(making: Making, { worker, build, probe, known }: MakerClaim): OwnerCode | undefined {
  const { builds, probe: own } = making
  if (!mayUseBuild({ encoderBuild: making.build, builds }, build)) return 'other-build'
  if (!needsProbe(making, worker, build)) return undefined
  if (own == null) return 'not-ready'
  if (probe == null) return 'no-probe'
  if (sameBuild(making.build, build) && probe.frames === own.frames) return undefined
  if (builds === 'same') return 'other-bytes'
  if (probe.header !== own.header) return 'other-header'
  // Nobody here could prove its results by encoding them again.
  return known ? undefined : 'other-build'
}

/** The maker of a claim's future result. */
export function makerOf(making: Making, { worker, build, probe }: Omit<MakerClaim, 'known'>): Maker {
  const made = needsProbe(making, worker, build) ? probe : making.probe
  return { build, probe: made?.frames ?? '' }
}

/** [RULE 73] Whether two makers produce the same bytes. A maker without a probe is the owner itself. */
export function isAlike({ probe }: Pick<Making, 'probe'>, a: Maker, b: Maker): boolean {
  const own = probe?.frames ?? ''
  return sameBuild(a.build, b.build) && (a.probe || own) === (b.probe || own)
}

/** The owner itself, as a maker. */
export const ownerAsMaker = ({ build }: Pick<Making, 'build'>): Maker => ({ build, probe: '' })

/** The maker of a scene by its receipt, which stands when its file is lost; undefined where there is no receipt. */
export function makerOfReceipt(making: Pick<Making, 'build'>, receipt: Accept | undefined): Maker | undefined {
  return receipt == null ? undefined : (receipt.maker ?? ownerAsMaker(making))
}

/** [RULE 73] Whether a scene of an earlier project of the same owner, announced alike, can be reused: with `same`, only if its maker is like the owner. */
export function mayReuse(making: Making, maker: Maker): boolean {
  const { build, builds } = making
  if (builds === 'compatible') return mayUseBuild({ encoderBuild: build, builds }, maker.build)
  return isAlike(making, ownerAsMaker(making), maker)
}

/** The text of a refusal, for people. */
export function refusalText(making: Making, code: NoWorkCode): string {
  switch (code) {
    case 'other-build':
      return `the project needs ${making.build}`
    case 'not-ready':
      return 'the owner is still testing its own encoder'
    case 'no-probe':
      return 'the claim includes no probe of the encoder'
    case 'other-bytes':
      return "with the project's parameters, this machine's encoder produces different bytes than the owner's"
    case 'other-header':
      return "with the project's parameters, this machine's encoder writes a different stream header than the owner's"
    case 'not-shared':
      return 'the owner gives scenes only to peers that it trusts'
    case 'owner-no-sandbox':
      return 'the owner has no sandbox, and gives scenes only to peers that it trusts by name'
    case 'held-off':
      return 'its last attempt failed'
    case 'queued':
      return 'other films are prepared first'
    case 'none':
      return 'no scene is waiting'
    default:
      return assertNever(code)
  }
}
