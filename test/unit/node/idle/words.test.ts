import { expect, test } from 'vitest'
import { INSTALL_LINE } from '../../../../src/encode/index.ts'
import { installLine } from '../../../../src/platform/index.ts'
import { BUILD_ADVICE, idleWords } from '../../../../src/node/idle/words.ts'
import { IDLE_CODES, type IdleCode } from '../../../../src/swarm/protocol/index.ts'
import { OWNER } from '../../../fixtures/protocol-samples.ts'

const subject = { needs: 'aom/3.12.1/bc870609', owner: OWNER }

/** Detail of each reason, and its words at the node itself and at others. */
const SAID: { readonly [C in IdleCode]: readonly [detail: string, here: string, there: string] } = {
  'no-slots': ['', 'this node has no slots (`grav1 workers <n>` or `--workers`)', 'has no slots'],
  'no-encoder': ['', `no encoder works here: ${INSTALL_LINE}`, 'has no encoder that works'],
  'not-installed': [
    '',
    `needs aom 3.12.1 (bc870609), and this node has no aom: ${installLine(['aomenc'])}`,
    `has no aom, this film needs aom 3.12.1 (bc870609): ${BUILD_ADVICE}`
  ],
  'other-build': [
    'aom/3.6.0/c78c5efe, aom/3.14.1/8184e47a',
    'needs aom 3.12.1 (bc870609), and this node has aom 3.6.0 (c78c5efe), aom 3.14.1 (8184e47a)',
    `has aom 3.6.0 (c78c5efe), aom 3.14.1 (8184e47a), this film needs aom 3.12.1 (bc870609): ${BUILD_ADVICE}`
  ],
  'untrusted-owner': [
    '',
    `its owner is not trusted (\`grav1 peers trust ${OWNER}\`)`,
    `does not trust its owner (\`grav1 peers trust ${OWNER}\` there)`
  ],
  'no-sandbox': [
    'bubblewrap is not installed: apt install bubblewrap',
    'its owner is a stranger, and programs run without a sandbox here: bubblewrap is not installed: apt install bubblewrap',
    'encodes for strangers only in a sandbox, and has none: bubblewrap is not installed: apt install bubblewrap'
  ],
  'relay-no-films': [
    '',
    'the relay on the way to its owner carries no films: `--relay-data 4G` there, or forward a port here (`--upnp`)',
    'reaches its owner over a relay that carries no films: `--relay-data 4G` at the relay, or forward a port (`--upnp`)'
  ],
  'owner-away': ['', 'its owner cannot be reached', 'cannot reach its owner'],
  parameters: [
    '--x is unknown\u001b[2J.\n',
    'this node does not accept its parameters: --x is unknown?[2J',
    'does not accept its parameters: --x is unknown?[2J'
  ],
  memory: [
    '9.9 GiB for a scene, 8.0 GiB are there',
    'this node has too little memory: 9.9 GiB for a scene, 8.0 GiB are there',
    'has too little memory: 9.9 GiB for a scene, 8.0 GiB are there'
  ],
  'probe-failed': [
    'it crashed',
    'the encoder fails with its parameters here: it crashed',
    'has an encoder that fails with its parameters: it crashed'
  ],
  'no-probe': [
    '',
    'its owner expects a probe of the encoder, which this node did not send',
    'did not send a probe of its encoder'
  ],
  'other-bytes': [
    '',
    "the encoder here produces different bytes than its owner's: `--builds compatible`",
    `has an encoder that produces different bytes: ${BUILD_ADVICE}`
  ],
  'other-header': [
    '',
    "the encoder here writes a different stream header than its owner's",
    'has an encoder that writes a different stream header: `grav1 encoders add`'
  ],
  probing: ['', 'this node is testing its encoder with the parameters', 'is testing its encoder with the parameters'],
  'not-ready': ['', 'its owner is testing its own encoder first', 'waits until this node has tested its own encoder'],
  queued: ['', 'its owner is preparing other films first', 'waits until this node has prepared other films'],
  draining: ['', 'this node is draining (`grav1 resume` ends it)', 'is draining and takes no scenes'],
  paused: ['', 'this node is paused (`grav1 resume` ends it)', 'is paused'],
  'too-large': [
    '3840x2160, and 1920x1080 is allowed',
    'its picture is larger than `--max-picture` allows here: 3840x2160, and 1920x1080 is allowed',
    'encodes no picture of this size: 3840x2160, and 1920x1080 is allowed'
  ],
  'disk-full': ['', 'the disk of this node is full', 'has a full disk and takes no scenes'],
  'not-shared': [
    '',
    'its owner gives scenes only to peers that it trusts (`grav1 peers trust` there)',
    'gets no scenes because this node does not trust it (`grav1 peers trust`)'
  ],
  'owner-no-sandbox': [
    '',
    'its owner has no sandbox, and gives scenes only to peers that it trusts by name (`grav1 peers trust` there)',
    'gets no scenes because this node has no sandbox and does not trust it by name (`grav1 peers trust`)'
  ],
  'held-off': [
    '',
    'its owner gives this node no scenes for a while because its last attempt failed',
    'gets no scenes for a while because its last attempt failed'
  ]
}

test.for(IDLE_CODES)('%s is said at both ends', (code) => {
  const [detail, here, there] = SAID[code]
  expect(idleWords({ code, detail }, subject, 'here')).toBe(here)
  expect(idleWords({ code, detail }, subject, 'there')).toBe(there)
})

test('what is not a program is installed otherwise', () => {
  const needs = 'svt-av/node-av-6.1.1/1f2e3d4c'
  expect(idleWords({ code: 'not-installed', detail: '' }, { ...subject, needs }, 'here')).toBe(
    'needs svt-av node-av-6.1.1 (1f2e3d4c), and this node has no svt-av: `grav1 encoders add`'
  )
})
