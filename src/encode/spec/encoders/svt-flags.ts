import { flagGroup } from '../params/core-flags.ts'
import { OWN_FLAGS } from '../params/own-flags.ts'
import { choice, type FlagRules, int, toggle, type ValueRule } from '../params/rules.ts'

const TOGGLES =
  'enable-dlf enable-cdef enable-restoration enable-tpl-la enable-tf enable-overlays enable-qm rmv film-grain-denoise fast-decode'

const numbers = (text: string): ValueRule => choice(...text.split(' '))

const allowed = new Map<string, ValueRule>([
  ...OWN_FLAGS,
  ['preset', int(0, 13)],
  ['rc', int(0, 1)],
  ['crf', int(1, 63)],
  ['qp', int(1, 63)],
  ['tbr', int(1, 100_000)],
  ['mbr', int(1, 100_000)],
  ['min-qp', int(1, 62)],
  ['max-qp', int(1, 63)],
  ['undershoot-pct', int(0, 100)],
  ['overshoot-pct', int(0, 100)],
  ['mbr-overshoot-pct', int(0, 100)],
  ['bias-pct', int(0, 100)],
  ['minsection-pct', int(0, 100)],
  ['maxsection-pct', int(0, 10_000)],
  ['recode-loop', int(0, 4)],
  ['aq-mode', int(0, 2)],
  ['qm-min', int(0, 15)],
  ['qm-max', int(0, 15)],
  ['key-frame-qindex-offset', int(-64, 63)],
  ['key-frame-chroma-qindex-offset', int(-64, 63)],
  ['luma-y-dc-qindex-offset', int(-64, 63)],
  ['chroma-u-dc-qindex-offset', int(-64, 63)],
  ['chroma-u-ac-qindex-offset', int(-64, 63)],
  ['chroma-v-dc-qindex-offset', int(-64, 63)],
  ['chroma-v-ac-qindex-offset', int(-64, 63)],
  ['lookahead', int(-1, 120)],
  ['hierarchical-levels', int(2, 5)],
  ['tile-rows', int(0, 6)],
  ['tile-columns', int(0, 4)],
  ['enable-mfmv', int(-1, 1)],
  ['tune', int(0, 1)],
  ['scm', int(0, 2)],
  ['film-grain', int(0, 50)],
  // Numbers of ITU-T H.273, without 0 of the matrix, which is for 4:4:4 only, and without reserved ones.
  ['color-primaries', numbers('1 2 4 5 6 7 8 9 10 11 12 22')],
  ['transfer-characteristics', numbers('1 2 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18')],
  ['matrix-coefficients', numbers('1 2 4 5 6 7 8 9 10 11 12 13 14')],
  ...TOGGLES.split(' ').map((name): [string, ValueRule] => [name, toggle])
])

const core = new Map([
  ...flagGroup(
    'the encoded bytes must not depend on the machine, so grav1 pins it.',
    'lp pin ss asm nb inj inj-frm-rt'
  ),
  ...flagGroup('grav1 runs SVT-AV1 in one pass, and an encode of two needs a file between them.', 'pass passes'),
  ...flagGroup(
    'grav1 sets it from the source.',
    'width height forced-max-frame-width forced-max-frame-height fps fps-num fps-denom color-format profile tier color-range'
  ),
  ...flagGroup(
    'the encoded video has the depth of the source; SvtAv1EncApp does not convert.',
    'input-depth bit-depth compressed-ten-bit-format'
  ),
  ...flagGroup(
    "grav1 writes the source's own values into the finished file.",
    'enable-hdr mastering-display content-light'
  ),
  ...flagGroup('grav1 places key frames at scene starts.', 'keyint intra-period irefresh-type scd force-key-frames'),
  ...flagGroup(
    'every frame of the source is encoded, at its size.',
    'frames nch resize-mode resize-denom resize-kf-denom superres-mode superres-denom superres-kf-denom superres-qthres superres-kf-qthres'
  ),
  ...flagGroup('grav1 leaves it unspecified.', 'chroma-sample-position'),
  ...flagGroup('each parameter is checked: write it as a flag of its own.', 'svtav1-params'),
  ...flagGroup('it is for live streams.', 'pred-struct buf-sz buf-initial-sz buf-optimal-sz sframe-dist sframe-mode'),
  ...flagGroup('it is a list or a level that grav1 does not check.', 'qindex-offsets chroma-qindex-offsets level'),
  ...flagGroup('it is for experiments of the developers of SVT-AV1.', 'use-fixed-qindex-offsets gop-constraint-rc'),
  ...flagGroup('it does nothing for the encoded video.', 'help version progress no-progress enable-stat-report')
])

/** SvtAv1EncApp 1.4.1 reads or writes a file for each of these. */
const files = new Set('input output config errlog recon stat-file stats qpfile use-q-file qp-file'.split(' '))

const short = new Map([
  ['q', 'qp'],
  ['i', 'input'],
  ['b', 'output'],
  ['c', 'config'],
  ['o', 'recon'],
  ['w', 'width'],
  ['h', 'height'],
  ['n', 'frames']
])

export const SVT_RULES: FlagRules = { program: 'SvtAv1EncApp', allowed, short, core, files }
