import {
  type CoreFlag,
  bareLeftOut,
  bareRefused,
  KEYS,
  leftOut,
  LEVEL,
  MACHINE,
  NOTHING,
  OUTPUT,
  PART,
  refused,
  SIZE
} from '../params/core-flags.ts'
import type { FlagTable } from '../params/flag-rules.ts'
import { foreignFlags } from '../params/foreign-flags.ts'
import { before, type OptionLine, optionTable, since } from '../params/option-table.ts'
import { OWN_FLAGS } from '../params/own-flags.ts'
import { GRAIN_FLAGS } from './grain.ts'
import { choice, decimal, int, toggle, type ValueRule } from '../params/rules.ts'
import type { ChangedDefault } from '../params/written-out.ts'

const words = (text: string): ValueRule => choice(...text.split(' '))

/** Quarters; up to 63 the scale is that of whole numbers. */
const QUALITY = decimal(1, 70, 25)

/** What SvtAv1EncApp takes in which version; 1.4.1, 2.3.0, 3.1.2 (as a library) and 4.2.0 were tried. */
const SVT_OPTIONS: readonly OptionLine[] = [
  ['preset', int(0, 13), since('2.0', int(-1, 13))],
  ['rc', int(0, 1)],
  ['crf', int(1, 63), since('4.0', QUALITY)],
  ['cqp', since('4.0', QUALITY)],
  ['qp', int(1, 63)],
  ['tbr', int(1, 100_000)],
  ['mbr', int(1, 100_000)],
  ['min-qp', int(1, 62)],
  ['max-qp', int(1, 63)],
  ['undershoot-pct', int(0, 100)],
  ['overshoot-pct', int(0, 100)],
  ['mbr-overshoot-pct', int(0, 100)],
  ['bias-pct', before('2.0', int(0, 100))],
  ['minsection-pct', int(0, 100)],
  ['maxsection-pct', int(0, 10_000)],
  ['max-intra-bitrate-pct', since('4.0', int(0, 10_000))],
  ['max-inter-bitrate-pct', since('4.0', int(0, 10_000))],
  ['recode-loop', int(0, 4)],
  ['aq-mode', int(0, 2)],
  ['enable-qm', toggle],
  ['qm-min', int(0, 15)],
  ['qm-max', int(0, 15)],
  ['chroma-qm-min', since('3.0', int(0, 15))],
  ['chroma-qm-max', since('3.0', int(0, 15))],
  ['key-frame-qindex-offset', int(-64, 63)],
  ['key-frame-chroma-qindex-offset', int(-64, 63)],
  ['startup-qp-offset', since('3.0', int(-63, 63))],
  ['startup-mg-size', since('2.0', words('0 2 3 4'))],
  ['lookahead', before('2.0', int(-1, 120)), since('2.0', int(0, 120))],
  ['hierarchical-levels', int(2, 5)],
  ['enable-dg', since('2.0', toggle)],
  ['tile-rows', int(0, 6)],
  ['tile-columns', int(0, 4)],
  ['enable-mfmv', int(-1, 1)],
  // 3 (IQ) is for single pictures and streams without delay.
  ['tune', int(0, 1), since('1.5', int(0, 2)), since('4.0', words('0 1 2 4 5'))],
  ['fast-decode', toggle, since('2.3', int(0, 2))],
  ['scm', int(0, 2), since('4.0', int(0, 3))],
  ['enable-intrabc', since('4.0', toggle)],
  ['enable-dlf', toggle, since('4.0', int(0, 2))],
  ['enable-cdef', toggle],
  ['enable-restoration', toggle],
  ['enable-tf', toggle, since('3.0', int(0, 2))],
  ['enable-kf-tf', since('4.0', toggle)],
  ['tf-strength', since('3.0', int(0, 4))],
  ['enable-tpl-la', before('4.0', toggle)],
  ['enable-overlays', toggle],
  ['rmv', before('3.0', toggle)],
  ['film-grain', int(0, 50)],
  ['film-grain-denoise', toggle],
  ['adaptive-film-grain', since('4.0', toggle)],
  ['enable-variance-boost', since('2.1', toggle)],
  ['variance-boost-strength', since('2.1', int(1, 4))],
  ['variance-octile', since('2.1', int(1, 8))],
  ['variance-boost-curve', since('3.0', int(0, 2))],
  ['sharpness', since('3.0', int(-7, 7))],
  ['luminance-qp-bias', since('3.0', int(0, 100))],
  ['qp-scale-compress-strength', since('4.0', int(0, 3))],
  ['ac-bias', since('4.0', decimal(0, 8, 1))],
  ['max-tx-size', since('4.0', words('32 64'))],
  // 1 and 2 need ten bits.
  ['hbd-mds', since('4.0', int(-1, 2))],
  ['lossless', since('3.1', toggle)],
  // Numbers of ITU-T H.273 or names, without 0 (identity) of the matrix, which is for 4:4:4 only, and without reserved ones.
  [
    'color-primaries',
    words('1 2 4 5 6 7 8 9 10 11 12 22 bt709 bt470m bt470bg bt601 smpte240 film bt2020 xyz smpte431 smpte432 ebu3213')
  ],
  [
    'transfer-characteristics',
    words(
      '1 2 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 bt709 bt470m bt470bg bt601 smpte240 linear log100 log100-sqrt10 iec61966 bt1361 srgb bt2020-10 bt2020-12 smpte2084 smpte428 hlg'
    )
  ],
  [
    'matrix-coefficients',
    words(
      '1 2 4 5 6 7 8 9 10 11 12 13 14 bt709 fcc bt470bg bt601 smpte240 ycgco bt2020-ncl bt2020-cl smpte2085 chroma-ncl chroma-cl ictcp'
    )
  ],
  ['chroma-sample-position', words('unknown vertical left colocated topleft')]
]

/** Defaults that 1.4.1, 2.3.0 and 4.2.0 do not share. */
export const SVT_CHANGED_DEFAULTS: readonly ChangedDefault[] = [
  { flag: 'preset', value: '8', was: '10 up to SVT-AV1 2, 8 in SVT-AV1 4' },
  { flag: 'film-grain-denoise', value: '0', beside: 'film-grain', was: '1 in SVT-AV1 1.4, 0 from 2 on' },
  {
    flag: 'variance-octile',
    value: '5',
    beside: 'enable-variance-boost',
    was: '6 in SVT-AV1 2, 5 in SVT-AV1 4'
  }
]

const SOURCE = 'grav1 takes it from the source.'
const METADATA = "grav1 writes the source's own values into the finished file."
const ONE_PASS = 'grav1 runs SVT-AV1 in one pass, and two passes would need a file between them.'
const LIVE = 'it is for live streams.'
const LIST = 'it is a list that grav1 does not check.'
/** 1.4.1, 2.3.0 and 4.2.0: decoders refuse streams with an offset of chroma, and show those with one of luma 10 to 20 dB worse. */
const UNREADABLE = 'With it SVT-AV1 writes streams that decoders do not read as intended.'

const SVT_CORE: readonly [string, CoreFlag][] = [
  ...leftOut(MACHINE, 'lp pin ss asm nb'),
  ...leftOut(MACHINE, 'inj inj-frm-rt', ['0']),
  ...leftOut(ONE_PASS, 'pass', ['0']),
  ...leftOut(ONE_PASS, 'passes', ['1']),
  ...leftOut(SOURCE, 'width height forced-max-frame-width forced-max-frame-height fps fps-num fps-denom color-range'),
  ...leftOut(SOURCE, 'color-format', ['1', 'yuv420', '420']),
  ...leftOut(SOURCE, 'profile', ['0', 'main']),
  ...leftOut(LEVEL, 'level tier', ['0']),
  ...leftOut('it no longer has any effect.', 'compressed-ten-bit-format', ['0']),
  ...leftOut(METADATA, 'enable-hdr mastering-display content-light'),
  ...leftOut(KEYS, 'keyint intra-period irefresh-type scd'),
  ...refused('scenes begin where --cuts says.', 'force-key-frames enable-force-key-frames'),
  ...refused(PART, 'frames n skip'),
  ...leftOut(SIZE, 'nch', ['1']),
  ...leftOut(SIZE, 'resize-mode superres-mode', ['0']),
  ...refused(
    SIZE,
    'resize-denom resize-kf-denom superres-denom superres-kf-denom superres-qthres superres-kf-qthres frame-resz-events frame-resz-denoms frame-resz-kf-denoms'
  ),
  ...leftOut(LIVE, 'pred-struct', ['2']),
  ...leftOut(LIVE, 'rtc sframe-dist', ['0']),
  ...refused(LIVE, 'buf-sz buf-initial-sz buf-optimal-sz sframe-mode sframe-posi sframe-qp sframe-qp-offset'),
  ...refused(LIST, 'qindex-offsets chroma-qindex-offsets lambda-scale-factors'),
  ...leftOut(
    UNREADABLE,
    'luma-y-dc-qindex-offset chroma-u-dc-qindex-offset chroma-u-ac-qindex-offset chroma-v-dc-qindex-offset chroma-v-ac-qindex-offset',
    ['0']
  ),
  ...leftOut('it needs a list that grav1 does not check.', 'use-fixed-qindex-offsets', ['0']),
  ...leftOut('it is for single pictures.', 'avif', ['0']),
  ...leftOut('it is for groups of pictures, and a scene is one.', 'gop-constraint-rc', ['0']),
  ...bareLeftOut(OUTPUT, 'ivf obu'),
  ...leftOut(NOTHING, 'progress no-progress enable-stat-report allow-mmap-file'),
  ...bareRefused(NOTHING, 'help color-help version')
]

/** SvtAv1EncApp, or a fork of it, reads or writes a file for each of these. */
const files = new Set(
  'input output config errlog recon stat-file stats qpfile use-q-file qp-file fgs-table roi-map-file dolby-vision-rpu hdr10plus-json'.split(
    ' '
  )
)

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

const FORK = 'it is an option of an SVT-AV1 fork'

export const SVT_FLAGS: FlagTable = {
  program: 'SvtAv1EncApp',
  product: 'SVT-AV1',
  options: optionTable(SVT_OPTIONS),
  own: new Map<string, ValueRule>([...OWN_FLAGS, ...GRAIN_FLAGS, ['bit-depth', choice('8', '10')]]),
  short,
  aliases: new Map([
    ['input-depth', 'bit-depth'],
    // As a fork called it before SVT-AV1 had it.
    ['frame-luma-bias', 'luminance-qp-bias']
  ]),
  nested: 'svtav1-params',
  foreign: foreignFlags({
    'cpu-used': 'it is an aomenc option; write --preset',
    speed: 'write --preset',
    'cq-level': 'it is an aomenc option; write --crf',
    'end-usage': 'it is an aomenc option; --crf alone means constant quality',
    'target-bitrate': 'it is an aomenc option; write --rc=1 --tbr',
    'b:v': 'write --rc=1 --tbr',
    la_depth: 'write --lookahead',
    threads: 'each machine chooses its own threads: leave it out',
    'psy-rd': FORK,
    'noise-norm-strength': FORK,
    'sharp-tx': FORK,
    'spy-rd': FORK,
    'kf-tf-strength': FORK,
    'max-32-tx-size': `${FORK}; in SVT-AV1 4.0 and later it is --max-tx-size=32`
  }),
  core: new Map(SVT_CORE),
  files
}
