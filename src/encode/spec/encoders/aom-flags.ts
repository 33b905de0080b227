import { CORE_FLAGS, FILE_FLAGS, flagGroup, SHORT_FLAGS } from '../params/core-flags.ts'
import { OWN_FLAGS } from '../params/own-flags.ts'
import { choice, type FlagRules, int, toggle, type ValueRule } from '../params/rules.ts'

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

const allowed = new Map<string, ValueRule>([
  ...OWN_FLAGS,
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
  ['enable-cdef', int(0, 2)],
  ['arnr-maxframes', int(0, 15)],
  ['arnr-strength', int(0, 6)],
  ['tune', choice('psnr', 'ssim')],
  ['tune-content', choice('default', 'screen', 'film')],
  ['dist-metric', choice('psnr', 'qm-psnr')],
  ['aq-mode', int(0, 3)],
  ['deltaq-mode', int(0, 4)],
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
  // grav1's own: the worker makes a film grain table of this ISO.
  ['photon-noise', int(100, 6400)],
  ['denoise-noise-level', int(0, 50)],
  ['denoise-block-size', int(8, 64)],
  ['superres-mode', int(0, 4)],
  ['superres-denominator', int(8, 16)],
  ['superres-kf-denominator', int(8, 16)],
  ['superres-qthresh', int(1, 63)],
  ['superres-kf-qthresh', int(1, 63)],
  ['color-primaries', choice(...AOM_PRIMARIES)],
  ['transfer-characteristics', choice(...AOM_TRANSFER)],
  ['matrix-coefficients', choice(...AOM_MATRIX)],
  ...TOGGLES.split(' ').map((name): [string, ValueRule] => [name, toggle])
])

const notOffered = [
  ...flagGroup('grav1 derives the profile from bit depth and chroma.', 'profile'),
  ...flagGroup('grav1 leaves it unspecified.', 'chroma-sample-position'),
  ...flagGroup(
    'it shapes the stream for networks and devices, not the picture.',
    'num-tile-groups mtu-size timing-info'
  ),
  ...flagGroup('grav1 does not encode for a level.', 'target-seq-level-idx set-tier-mask min-cr'),
  ...flagGroup('it is for modes that grav1 does not use.', 'gf-cbr-boost vbr-corpus-complexity-lap'),
  ...flagGroup('it is for single pictures.', 'force-video-mode auto-intra-tools-off'),
  ...flagGroup('it is for experiments of the developers of libaom.', 'use-intra-default-tx-only'),
  ...flagGroup('write --error-resilient.', 'global-error-resilient')
]

export const AOM_RULES: FlagRules = {
  program: 'aomenc',
  allowed,
  short: SHORT_FLAGS,
  core: new Map([...CORE_FLAGS, ...notOffered]),
  files: FILE_FLAGS
}
