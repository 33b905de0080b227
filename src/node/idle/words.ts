import { INSTALL_LINE } from '../../encode/index.ts'
import { ENCODERS } from '../../encode/rules/index.ts'
import { installLine } from '../../platform/index.ts'
import { encoderOfBuild, type IdleCode, type IdleReason } from '../../swarm/protocol/index.ts'
import { oneLine } from '../../common/text.ts'
import { buildName } from './build-name.ts'

/** What a user can do so that machines with other builds help. */
export const BUILD_ADVICE = '`--builds compatible` or `grav1 encoders add`'

/** The command that installs the program of a build here. */
function installs(needs: string): string {
  const encoder = Object.values(ENCODERS).find(({ name }) => name === encoderOfBuild(needs))
  if (encoder?.program === 'node-av') return '`grav1 encoders add`'
  return encoder == null ? INSTALL_LINE : installLine([encoder.program])
}

interface Words {
  readonly needs: string
  /** Builds there, as people read them. */
  readonly builds: string
  readonly detail: string
  readonly owner: string
}

/** Said at the node itself, after "not working for ... here:". */
const HERE: Readonly<Record<IdleCode, (words: Words) => string>> = {
  'no-slots': () => 'this node has no slots (`grav1 workers <n>` or `--workers`)',
  'no-encoder': () => `no encoder works here: ${INSTALL_LINE}`,
  'not-installed': ({ needs }) =>
    `needs ${buildName(needs)}, and this node has no ${encoderOfBuild(needs)}: ${installs(needs)}`,
  'other-build': ({ needs, builds }) => `needs ${buildName(needs)}, and this node has ${builds}`,
  'no-sandbox': ({ detail }) => `its owner is a stranger, and programs run without a sandbox here: ${detail}`,
  'untrusted-owner': ({ owner }) => `its owner is not trusted (\`grav1 peers trust ${owner}\`)`,
  'relay-no-films': () =>
    'the relay on the way to its owner carries no films: `--relay-data 4G` there, or forward a port here (`--upnp`)',
  'owner-away': () => 'its owner cannot be reached',
  parameters: ({ detail }) => `this node does not accept its parameters: ${detail}`,
  'too-large': ({ detail }) => `its picture is larger than \`--max-picture\` allows here: ${detail}`,
  memory: ({ detail }) => `this node has too little memory: ${detail}`,
  'probe-failed': ({ detail }) => `the encoder fails with its parameters here: ${detail}`,
  'no-probe': () => 'its owner expects a probe of the encoder, which this node did not send',
  'other-bytes': () => `the encoder here produces different bytes than its owner's: \`--builds compatible\``,
  'other-header': () => "the encoder here writes a different stream header than its owner's",
  draining: () => 'this node is draining (`grav1 resume` ends it)',
  paused: ({ detail }) =>
    detail === ''
      ? 'this node is paused (`grav1 resume` ends it)'
      : `this node is paused${detail.startsWith(':') ? '' : ' '}${detail} (\`grav1 manners\`)`,
  'disk-full': () => 'the disk of this node is full',
  'not-shared': () => 'its owner gives scenes only to peers that it trusts (`grav1 peers trust` there)',
  'owner-no-sandbox': () =>
    'its owner has no sandbox, and gives scenes only to peers that it trusts by name (`grav1 peers trust` there)',
  'held-off': () => 'its owner gives this node no scenes for a while because its last attempt failed',
  probing: () => 'this node is testing its encoder with the parameters',
  'not-ready': () => 'its owner is testing its own encoder first',
  queued: () => 'its owner is preparing other films first'
}

/** Said of another node, after its name. */
const THERE: Readonly<Record<IdleCode, (words: Words) => string>> = {
  'no-slots': () => 'has no slots',
  'no-encoder': () => 'has no encoder that works',
  'not-installed': ({ needs }) =>
    `has no ${encoderOfBuild(needs)}, this film needs ${buildName(needs)}: ${BUILD_ADVICE}`,
  'other-build': ({ needs, builds }) => `has ${builds}, this film needs ${buildName(needs)}: ${BUILD_ADVICE}`,
  'no-sandbox': ({ detail }) => `encodes for strangers only in a sandbox, and has none: ${detail}`,
  'untrusted-owner': ({ owner }) => `does not trust its owner (\`grav1 peers trust ${owner}\` there)`,
  'relay-no-films': () =>
    'reaches its owner over a relay that carries no films: `--relay-data 4G` at the relay, or forward a port (`--upnp`)',
  'owner-away': () => 'cannot reach its owner',
  parameters: ({ detail }) => `does not accept its parameters: ${detail}`,
  'too-large': ({ detail }) => `encodes no picture of this size: ${detail}`,
  memory: ({ detail }) => `has too little memory: ${detail}`,
  'probe-failed': ({ detail }) => `has an encoder that fails with its parameters: ${detail}`,
  'no-probe': () => 'did not send a probe of its encoder',
  'other-bytes': () => `has an encoder that produces different bytes: ${BUILD_ADVICE}`,
  'other-header': () => 'has an encoder that writes a different stream header: `grav1 encoders add`',
  draining: () => 'is draining and takes no scenes',
  paused: () => 'is paused',
  'disk-full': () => 'has a full disk and takes no scenes',
  'not-shared': () => 'gets no scenes because this node does not trust it (`grav1 peers trust`)',
  'owner-no-sandbox': () =>
    `gets no scenes because this node has no sandbox and does not trust it by name (\`grav1 peers trust\`)`,
  'held-off': () => 'gets no scenes for a while because its last attempt failed',
  probing: () => 'is testing its encoder with the parameters',
  'not-ready': () => 'waits until this node has tested its own encoder',
  queued: () => 'waits until this node has prepared other films'
}

/** What a reason is about. */
export interface IdleSubject {
  readonly needs: string
  readonly owner: string
}

/** A reason in words, without a full stop. Text of peers is cut and cleaned. */
export function idleWords(
  { code, detail }: IdleReason,
  { needs, owner }: IdleSubject,
  where: 'here' | 'there'
): string {
  const said = oneLine(detail)
  const builds = code === 'other-build' ? said.split(', ').map(buildName).join(', ') : ''
  // Of a film for trusted peers, nobody is told the detail.
  return (where === 'here' ? HERE : THERE)[code]({ needs, owner, detail: said, builds }).replace(/: $/, '')
}
