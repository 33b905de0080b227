const THREADS = 'each machine chooses its own threads, and the encoded bytes must not depend on that.'
const MACHINE = 'the encoded bytes must not depend on the machine, so grav1 pins it.'
const INPUT = 'grav1 sets it from the source.'
const OUTPUT = 'grav1 sets the form of the output.'
const PASSES = 'grav1 always runs two passes.'
const KEYS = 'grav1 places key frames at scene starts.'
const FRAMES = 'every frame of the source is encoded, at its size.'
const SAFE = 'it does nothing for the encoded video.'

/** Names that are refused for one reason. */
export const flagGroup = (reason: string, names: string): [string, string][] =>
  names.split(' ').map((name) => [name, reason])

/** Flags of aomenc and vpxenc that grav1 sets itself or never wants, with the reason given to the user. */
export const CORE_FLAGS: ReadonlyMap<string, string> = new Map([
  ...flagGroup(THREADS, 'threads'),
  ...flagGroup(MACHINE, 'row-mt fp-mt debug D use-16bit-internal test-16bit-internal'),
  ...flagGroup(PASSES, 'passes pass'),
  ...flagGroup(
    INPUT,
    'input-bit-depth input-chroma-subsampling-x input-chroma-subsampling-y width height fps timebase i420 i422 i444 i440 yv12 nv12 stereo-mode'
  ),
  ...flagGroup(INPUT, 'monochrome forced_max_frame_width forced_max_frame_height'),
  ...flagGroup(
    OUTPUT,
    'ivf webm obu annexb large-scale-tile full-still-picture-hdr force-video-mode output-partitions codec P'
  ),
  ...flagGroup(KEYS, 'kf-max-dist kf-min-dist disable-kf enable-fwd-kf fwd-kf-dist sframe-dist sframe-mode'),
  ...flagGroup(
    FRAMES,
    'limit skip drop-frame resize-mode resize-denominator resize-kf-denominator resize-allowed resize-width resize-height resize-up resize-down'
  ),
  ...flagGroup('grav1 uses the good-quality mode.', 'good best rt allintra usage deadline'),
  ...flagGroup(
    SAFE,
    'help quiet q verbose v psnr q-hist rate-hist disable-warnings disable-warning-prompt y test-decode'
  )
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
