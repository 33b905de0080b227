import { CORE_FLAGS, FILE_FLAGS, leftOut, LEVEL, refused, SHORT_FLAGS } from '../params/core-flags.ts'
import type { FlagTable } from '../params/flag-rules.ts'
import { foreignFlags } from '../params/foreign-flags.ts'
import { type OptionLine, optionTable, since } from '../params/option-table.ts'
import { OWN_FLAGS } from '../params/own-flags.ts'
import { choice, int, toggle } from '../params/rules.ts'

/** Colour spaces that vpxenc knows, without sRGB: no source comes out of the decoder as that. */
export const VP9_COLOUR_SPACES = ['unknown', 'bt601', 'bt709', 'smpte170', 'smpte240', 'bt2020']

/** What vpxenc takes in which version; 1.12.0, 1.15.0 and 1.17.0 were tried. */
export const VP9_OPTIONS: readonly OptionLine[] = [
  ['bit-depth', choice('8', '10', '12')],
  // Checked against the depth, then left out: the core derives it.
  ['profile', int(0, 3)],
  ['cpu-used', int(-9, 9)],
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
  ['corpus-complexity', int(0, 10_000)],
  ['max-intra-rate', int(0, 10_000)],
  ['max-inter-rate', int(0, 10_000)],
  ['lag-in-frames', int(0, 25)],
  ['auto-alt-ref', int(0, 6)],
  ['sharpness', int(0, 7)],
  ['static-thresh', int(0, 1000)],
  ['tile-columns', int(0, 6)],
  ['tile-rows', int(0, 2)],
  ['enable-tpl', toggle],
  ['arnr-maxframes', int(0, 15)],
  ['arnr-strength', int(0, 6)],
  ['arnr-type', int(1, 3)],
  ['tune', choice('psnr', 'ssim')],
  ['tune-content', choice('default', 'screen', 'film')],
  ['lossless', toggle],
  ['frame-parallel', toggle],
  ['aq-mode', int(0, 4)],
  ['alt-ref-aq', toggle],
  ['frame-boost', toggle],
  ['noise-sensitivity', int(0, 6)],
  ['color-space', choice(...VP9_COLOUR_SPACES)],
  ['min-gf-interval', int(0, 24)],
  ['max-gf-interval', int(0, 24)],
  ['disable-loopfilter', int(0, 2)],
  ['enable-keyframe-filtering', since('1.13', toggle)],
  ['validate-hbd-input', since('1.16', toggle)]
]

export const VP9_CORE = new Map([
  ...CORE_FLAGS,
  ...leftOut('grav1 uses the VP9 encoder.', 'codec', ['vp9']),
  ...refused('it is for VP8.', 'token-parts screen-content-mode'),
  ...leftOut('it is for networks that lose packets.', 'error-resilient', ['0']),
  ...refused('it is for modes that grav1 does not use.', 'gf-cbr-boost'),
  ...refused(LEVEL, 'target-level'),
  ...refused(
    'it is for experiments by the developers of libvpx.',
    'use-vizier-rc-params active-wq-factor err-per-mb-factor sr-default-decay-limit sr-diff-factor kf-err-per-mb-factor kf-frame-min-boost-factor ' +
      'kf-frame-max-boost-first-factor kf-frame-max-boost-subs-factor kf-max-total-boost-factor gf-max-total-boost-factor gf-frame-max-boost-factor ' +
      'zm-factor rd-mult-inter-qp-fac rd-mult-arf-qp-fac rd-mult-key-qp-fac'
  )
])

export const VP9_FLAGS: FlagTable = {
  program: 'vpxenc',
  product: 'vpxenc',
  options: optionTable(VP9_OPTIONS),
  own: new Map(OWN_FLAGS),
  short: SHORT_FLAGS,
  aliases: new Map(),
  foreign: foreignFlags({
    crf: 'it is an ffmpeg option; write --end-usage=q --cq-level',
    preset: 'it is an SvtAv1EncApp option; write --cpu-used',
    speed: 'write --cpu-used',
    quality: 'grav1 uses the good-quality mode: leave it out',
    'b:v': 'write --target-bitrate'
  }),
  core: VP9_CORE,
  files: FILE_FLAGS
}
