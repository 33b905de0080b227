/** A flag that grav1 decides itself. */
export interface CoreFlag {
  /** What users read, a sentence without its beginning in capitals. */
  readonly reason: string
  /** Values with which it is left out, with a note: they mean what grav1 does anyway, or change nothing. All others are refused. */
  readonly harmless: 'any' | readonly string[]
  /** It takes no value. */
  readonly bare?: boolean
}

type Group = [name: string, flag: CoreFlag][]

const group = (flag: CoreFlag, names: string): Group => names.split(' ').map((name) => [name, flag])

/** Flags that would change the video: refused. */
export const refused = (reason: string, names: string): Group => group({ reason, harmless: [] }, names)

/** Flags of which some values, or all, say what grav1 does anyway: left out. */
export const leftOut = (reason: string, names: string, harmless: CoreFlag['harmless'] = 'any'): Group =>
  group({ reason, harmless }, names)

/** The same for flags that take no value. */
export const bareLeftOut = (reason: string, names: string): Group =>
  group({ reason, harmless: 'any', bare: true }, names)

/** Flags without a value that are refused. */
export const bareRefused = (reason: string, names: string): Group => group({ reason, harmless: [], bare: true }, names)

export const THREADS = 'each machine chooses its own threads, and the encoded bytes must not depend on that.'
export const MACHINE = 'the encoded bytes must not depend on the machine, so grav1 pins it.'
export const INPUT = 'grav1 takes it from the source.'
export const OUTPUT = 'grav1 sets the form of the output.'
export const KEYS = 'grav1 places key frames at scene starts; --max-frames sets how far apart they may be.'
export const SIZE = 'every frame of the source is encoded, at its size.'
export const PART = 'choose a part of the source with --range.'
export const LEVEL = 'grav1 does not encode for a level.'
export const NOTHING = 'it does not affect the encoded video.'
const PASSES = 'grav1 always runs two passes.'
const GOOD = 'grav1 uses the good-quality mode.'

/** Flags of aomenc and vpxenc that grav1 sets itself or never wants. */
export const CORE_FLAGS: ReadonlyMap<string, CoreFlag> = new Map([
  ...leftOut(THREADS, 'threads'),
  ...leftOut(MACHINE, 'row-mt fp-mt'),
  ...bareLeftOut(MACHINE, 'debug D'),
  ...bareRefused(MACHINE, 'use-16bit-internal test-16bit-internal'),
  ...leftOut(PASSES, 'passes', ['2']),
  ...leftOut(PASSES, 'pass', ['1', '2']),
  ...leftOut(INPUT, 'input-bit-depth input-chroma-subsampling-x input-chroma-subsampling-y width height fps timebase'),
  ...bareLeftOut(INPUT, 'i420 i422 i444 i440 yv12 nv12'),
  ...refused(INPUT, 'monochrome stereo-mode'),
  ...leftOut(INPUT, 'forced_max_frame_width forced_max_frame_height', ['0']),
  ...bareLeftOut(OUTPUT, 'ivf webm obu'),
  ...leftOut(OUTPUT, 'annexb large-scale-tile', ['0']),
  ...leftOut(OUTPUT, 'force-video-mode'),
  ...bareRefused(OUTPUT, 'output-partitions P'),
  ...leftOut(KEYS, 'kf-max-dist kf-min-dist'),
  ...bareLeftOut(KEYS, 'disable-kf'),
  ...leftOut(KEYS, 'enable-fwd-kf fwd-kf-dist sframe-dist sframe-mode', ['0']),
  ...refused(PART, 'limit skip'),
  ...leftOut(SIZE, 'drop-frame resize-mode resize-allowed', ['0']),
  ...refused(SIZE, 'resize-denominator resize-kf-denominator resize-width resize-height resize-up resize-down'),
  ...bareLeftOut(GOOD, 'good'),
  ...bareRefused(GOOD, 'best rt allintra'),
  ...leftOut(GOOD, 'usage', ['0', 'good']),
  ...leftOut(GOOD, 'deadline', ['good']),
  ...bareLeftOut(NOTHING, 'quiet q verbose v psnr disable-warnings disable-warning-prompt y'),
  ...leftOut(NOTHING, 'q-hist rate-hist test-decode'),
  ...bareRefused(NOTHING, 'help')
])

/** Flags of either encoder that read or write files. */
export const FILE_FLAGS: ReadonlySet<string> = new Set(
  'output fpf second-pass-log spf two-pass-output cfg film-grain-table partition-info-path vmaf-model-path rate-distribution-info'.split(
    ' '
  )
)

/** One-letter spellings that both encoders share. */
export const SHORT_FLAGS: ReadonlyMap<string, string> = new Map([
  ['b', 'bit-depth'],
  ['o', 'output'],
  ['c', 'cfg'],
  ['p', 'passes'],
  ['t', 'threads'],
  ['u', 'usage'],
  ['w', 'width'],
  ['h', 'height'],
  ['d', 'deadline']
])
