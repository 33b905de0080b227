import { printable } from '../../common/text.ts'
import type { EncoderInfo, PeerStatus } from '../../api/schemas/index.ts'
import type { ProgramFacts } from './facts.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

const OWNERS_ONLY = 'this machine can encode for others, but not submit films'

/** Programs that only an owner needs; each stands with what is installed beside it. */
function ownersProgram(check: string, names: readonly string[], { versions, installLine }: ProgramFacts): Finding {
  const missing = names.filter((name) => versions.get(name) === undefined)
  if (missing.length > 0)
    return warning(check, `${missing.join(' and ')} not installed: ${OWNERS_ONLY}`, installLine(missing))
  return ok(check, printable(versions.get(check) ?? ''))
}

function ffmpeg(facts: ProgramFacts): Finding {
  const found = ownersProgram('ffmpeg', ['ffmpeg', 'ffprobe'], facts)
  if (found.state !== 'ok' || facts.hasX264 !== false) return found
  return warning('ffmpeg', `${found.text} was built without libx264: ${OWNERS_ONLY}`, facts.installLine(['ffmpeg']))
}

const isHere = ({ build, problem: trouble }: EncoderInfo): boolean => build !== null || trouble !== null

function encoderFinding(
  { name, program, build, problem: trouble }: EncoderInfo,
  { installLine }: ProgramFacts
): Finding {
  if (build !== null) return ok(`encoder ${name}`, printable(build))
  const again = program === 'node-av' ? 'grav1 encoders add' : installLine([program])
  return warning(`encoder ${name}`, `does not work here: ${printable(trouble ?? '')}`, again)
}

function encoders(facts: ProgramFacts): Finding[] {
  const here = facts.encoders.filter(isHere).map((one) => encoderFinding(one, facts))
  if (facts.encoders.some(({ build }) => build !== null)) return here
  return [...here, problem('encoders', 'no encoder works here, so this machine encodes nothing', 'grav1 encoders add')]
}

/** `aom` of `aom/3.6.0/1f2e3d4c`. */
const encoderOf = (build: string): string => build.split('/', 1)[0] ?? ''

/** Whether the machines of the swarm can share films: that takes one build that both have. */
export function builds(own: readonly string[], peers: readonly PeerStatus[]): Finding[] {
  const others = peers.filter(({ connected, encoders: theirs }) => connected && theirs.length > 0)
  if (others.length === 0 || own.length === 0) return []
  const strangers = others.filter(({ encoders: theirs }) => !theirs.some((build) => own.includes(build)))
  if (strangers.length === 0) {
    const shared = own.filter((build) => others.some(({ encoders: theirs }) => theirs.includes(build)))
    return [ok('builds', `shared with the swarm: ${shared.map(encoderOf).join(', ')}`)]
  }
  const names = strangers.map(({ name, peerId }) => printable(name || peerId)).join(', ')
  return [
    warning(
      'builds',
      `${names} has no build of an encoder that this machine has, so they share no film`,
      'grav1 encoders add (on each machine: the same version from npm)'
    )
  ]
}

export function programFindings(facts: ProgramFacts, peers: readonly PeerStatus[]): Finding[] {
  const own = facts.encoders.flatMap(({ build }) => (build === null ? [] : [build]))
  return [
    ffmpeg(facts),
    ownersProgram('mkvmerge', ['mkvmerge', 'mkvpropedit', 'mkvextract', 'mkvinfo'], facts),
    ...encoders(facts),
    ...builds(own, peers)
  ]
}
