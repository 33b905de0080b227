import {
  CORE_FLAGS,
  FILE_FLAGS,
  leftOut,
  LEVEL,
  MACHINE,
  bareLeftOut,
  refused,
  SHORT_FLAGS
} from '../params/core-flags.ts'
import type { FlagTable } from '../params/flag-rules.ts'
import { foreignFlags } from '../params/foreign-flags.ts'
import { type OptionLine, optionTable, since } from '../params/option-table.ts'
import { OWN_FLAGS } from '../params/own-flags.ts'
import { GRAIN_FLAGS } from './grain.ts'
import { choice, int, toggle, type ValueRule } from '../params/rules.ts'
import type { ChangedDefault } from '../params/written-out.ts'

/** CICP names that aomenc knows, without `identity`, which makes it abort on anything but 4:4:4; ffmpeg's names that differ are mapped in `aom-colour.ts`. */
export const AOM_PRIMARIES =
  'bt709 unspecified bt601 bt470m bt470bg smpte240 film bt2020 xyz smpte431 smpte432 ebu3213'.split(' ')
export const AOM_TRANSFER =
  'unspecified bt709 bt470m bt470bg bt601 smpte240 lin log100 log100sq10 iec61966 bt1361 srgb bt2020-10bit bt2020-12bit smpte2084 hlg smpte428'.split(
    ' '
  )
export const AOM_MATRIX =
  'bt709 unspecified fcc73 bt470bg bt601 smpte240 ycgco bt2020ncl bt2020cl smpte2085 chromncl chromcl ictcp'.split(' ')

const TOGGLES =
  'enable-tpl-model enable-restoration enable-rect-partitions enable-ab-partitions enable-1to4-partitions enable-dual-filter enable-chroma-deltaq ' +
  'enable-intra-edge-filter enable-order-hint enable-tx64 enable-flip-idtx enable-rect-tx enable-dist-wtd-comp enable-masked-comp enable-onesided-comp ' +
  'enable-interintra-comp enable-smooth-interintra enable-diff-wtd-comp enable-interinter-wedge enable-interintra-wedge enable-global-motion ' +
  'enable-warped-motion enable-filter-intra enable-smooth-intra enable-paeth-intra enable-cfl-intra enable-diagonal-intra enable-directional-intra ' +
  'enable-obmc enable-overlay enable-palette enable-intrabc enable-angle-delta enable-qm enable-dnl-denoising enable-ref-frame-mvs enable-tx-size-search ' +
  'lossless reduced-tx-type-set use-intra-dct-only use-inter-dct-only quant-b-adapt frame-parallel error-resilient ' +
  'delta-lf-mode frame-boost reduced-reference-set auto-alt-ref strict-level-conformance sb-qp-sweep'

/** What aomenc takes in which version; 3.6.0, 3.12.1 and 3.14.1 were tried. */
const OPTIONS: readonly OptionLine[] = [
  ['bit-depth', choice('8', '10', '12')],
  ['cpu-used', int(0, 9)],
  ['end-usage', choice('q', 'cq', 'vbr')],
  ['cq-level', int(0, 63)],
  ['min-q', int(0, 63)],
  ['max-q', int(0, 63)],
  ['target-bitrate', int(1, 1_000_000)],
  ['undershoot-pct', int(0, 100)],
  ['overshoot-pct', int(0, 100)],
  ['bias-pct', int(0, 100)],
  ['minsection-pct', int(0, 1000)],
  ['maxsection-pct', int(0, 10_000)],
  ['buf-sz', int(0, 100_000)],
  ['buf-initial-sz', int(0, 100_000)],
  ['buf-optimal-sz', int(0, 100_000)],
  ['max-intra-rate', int(0, 10_000)],
  ['max-inter-rate', int(0, 10_000)],
  ['lag-in-frames', int(0, 48)],
  ['tile-columns', int(0, 4)],
  ['tile-rows', int(0, 4)],
  ['sharpness', int(0, 7)],
  ['static-thresh', int(0, 1000)],
  ['enable-keyframe-filtering', int(0, 2)],
  ['enable-cdef', int(0, 2), since('3.7', int(0, 3))],
  ['arnr-maxframes', int(0, 15)],
  ['arnr-strength', int(0, 6)],
  // 3.12 has iq for single pictures only; vmaf and butteraugli need libraries and models.
  ['tune', choice('psnr', 'ssim'), since('3.14', choice('psnr', 'ssim', 'iq', 'ssimulacra2'))],
  ['tune-content', choice('default', 'screen', 'film')],
  ['dist-metric', choice('psnr', 'qm-psnr')],
  ['aq-mode', int(0, 3)],
  // 3.12 has 6, variance boost, for single pictures only.
  ['deltaq-mode', int(0, 5), since('3.14', int(0, 6))],
  ['deltaq-strength', int(0, 1000)],
  ['qm-min', int(0, 15)],
  ['qm-max', int(0, 15)],
  ['min-partition-size', choice('4', '8', '16', '32', '64', '128')],
  ['max-partition-size', choice('4', '8', '16', '32', '64', '128')],
  ['sb-size', choice('dynamic', '64', '128')],
  ['disable-trellis-quant', int(0, 3)],
  ['coeff-cost-upd-freq', int(0, 3)],
  ['mode-cost-upd-freq', int(0, 3)],
  ['mv-cost-upd-freq', int(0, 3)],
  ['dv-cost-upd-freq', int(0, 3)],
  ['cdf-update-mode', int(0, 2)],
  ['loopfilter-control', int(0, 3)],
  ['min-gf-interval', int(0, 32)],
  ['max-gf-interval', int(0, 32)],
  ['gf-min-pyr-height', int(0, 5)],
  ['gf-max-pyr-height', int(0, 5)],
  ['kf-max-pyr-height', int(-1, 5)],
  ['max-reference-frames', int(3, 7)],
  ['noise-sensitivity', int(0, 6)],
  ['film-grain-test', int(0, 16)],
  ['denoise-noise-level', int(0, 50)],
  ['denoise-block-size', int(8, 64)],
  ['superres-mode', int(0, 4)],
  ['superres-denominator', int(8, 16)],
  ['superres-kf-denominator', int(8, 16)],
  ['superres-qthresh', int(1, 63)],
  ['superres-kf-qthresh', int(1, 63)],
  ['color-primaries', choice(...AOM_PRIMARIES)],
  ['transfer-characteristics', choice(...AOM_TRANSFER)],
  [
    'matrix-coefficients',
    choice(...AOM_MATRIX),
    since('3.14', choice(...AOM_MATRIX, 'ipt-c2', 'ycgco-re', 'ycgco-ro'))
  ],
  ['enable-low-complexity-decode', since('3.13', toggle)],
  ['screen-detection-mode', since('3.13', int(1, 2))],
  ['enable-adaptive-sharpness', since('3.13', toggle)],
  ['validate-hbd-input', since('3.13', toggle)],
  ...TOGGLES.split(' ').map((name): OptionLine => [name, toggle])
]

/** Defaults that 3.6.0, 3.12.1 and 3.14.1 do not share. */
export const AOM_CHANGED_DEFAULTS: readonly ChangedDefault[] = [
  { flag: 'qm-min', value: '5', beside: 'enable-qm', was: '8 in aomenc 3.6, 5 from 3.12 on' },
  { flag: 'qm-max', value: '9', beside: 'enable-qm', was: '15 in aomenc 3.6, 9 from 3.12 on' }
]

const core = new Map([
  ...CORE_FLAGS,
  ...leftOut('grav1 uses the AV1 encoder.', 'codec', ['av1']),
  ...leftOut('grav1 derives the profile from bit depth and chroma.', 'profile'),
  ...leftOut('grav1 leaves it unspecified.', 'chroma-sample-position', ['unknown']),
  ...leftOut('it shapes the stream for networks and devices, not the picture.', 'mtu-size', ['0']),
  ...leftOut('it shapes the stream for networks and devices, not the picture.', 'num-tile-groups', ['1']),
  ...leftOut('it shapes the stream for networks and devices, not the picture.', 'timing-info', ['unspecified']),
  ...leftOut(LEVEL, 'set-tier-mask min-cr', ['0']),
  ...refused(LEVEL, 'target-seq-level-idx'),
  ...refused('it is for modes that grav1 does not use.', 'gf-cbr-boost vbr-corpus-complexity-lap'),
  ...leftOut('it is for single pictures.', 'auto-intra-tools-off', ['0']),
  ...bareLeftOut('it is for single pictures.', 'full-still-picture-hdr'),
  ...leftOut('it needs a file.', 'enable-rate-guide-deltaq', ['0']),
  ...leftOut(MACHINE, 'auto-tiles', ['0']),
  ...refused('it is for experiments by the developers of libaom.', 'use-intra-default-tx-only'),
  ...refused('it is for experiments by the developers of libaom.', 'use-fixed-qp-offsets')
])

export const AOM_FLAGS: FlagTable = {
  program: 'aomenc',
  product: 'aomenc',
  options: optionTable(OPTIONS),
  own: new Map<string, ValueRule>([...OWN_FLAGS, ...GRAIN_FLAGS]),
  short: SHORT_FLAGS,
  aliases: new Map([['global-error-resilient', 'error-resilient']]),
  nested: 'aom-params',
  foreign: foreignFlags({
    crf: 'it is an ffmpeg option; write --end-usage=q --cq-level',
    preset: 'it is an SvtAv1EncApp option; write --cpu-used',
    speed: 'write --cpu-used',
    'b:v': 'write --target-bitrate',
    tbr: 'it is an SvtAv1EncApp option; write --target-bitrate',
    keyint: 'grav1 places key frames at scene starts: leave it out',
    'film-grain': 'it is an SvtAv1EncApp option; write --denoise-noise-level or --photon-noise',
    lp: 'each machine chooses its own threads: leave it out'
  }),
  core,
  files: FILE_FLAGS
}
