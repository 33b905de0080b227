import { expect, test } from 'vitest'
import type { ProbedStream, ProbeReport } from '../../../src/encode/programs/ffprobe.ts'
import {
  fieldOrderOf,
  lostMetadata,
  sourceWarnings as warningsOf,
  timeWarnings,
  VARIABLE_RATE
} from '../../../src/encode/prepare/source-warnings.ts'
import { createStderrWatch } from '../../../src/encode/prepare/stderr-watch.ts'

const video = (change: Partial<ProbedStream> = {}): ProbedStream => ({
  index: 0,
  codec_type: 'video',
  codec_name: 'hevc',
  width: 1920,
  height: 1080,
  pix_fmt: 'yuv420p10le',
  r_frame_rate: '24/1',
  avg_frame_rate: '24/1',
  closed_captions: 0,
  channels: 0,
  channel_layout: '',
  disposition: {},
  tags: {},
  side_data_list: [],
  ...change
})

type SideData = ProbedStream['side_data_list']

const probed = (streams: ProbedStream[], frame: SideData = []): ProbeReport => ({
  streams,
  chapters: [],
  frames: [{ interlaced_frame: 0, top_field_first: 0, side_data_list: frame }]
})

/** Of a source whose first stream is the film. */
const sourceWarnings = (report: ProbeReport): string[] => warningsOf(report, report.streams[0] ?? video())

const HDR10: SideData = [
  { side_data_type: 'Mastering display metadata', max_luminance: '10000000/10000' },
  { side_data_type: 'Content light level metadata', max_content: 1000 }
]

test('HDR10, with or without its metadata, is nothing to warn of', () => {
  expect(sourceWarnings(probed([video({ color_transfer: 'smpte2084' })], HDR10))).toEqual([])
  expect(sourceWarnings(probed([video({ color_transfer: 'smpte2084' })]))).toEqual([])
})

test('Dolby Vision and HDR10+ are named, as ffprobe writes them', () => {
  const dolby = (profile: number, compatible: number): SideData => [
    { side_data_type: 'DOVI configuration record', dv_profile: profile, dv_bl_signal_compatibility_id: compatible }
  ]
  expect(sourceWarnings(probed([video({ side_data_list: dolby(8, 1) })]))).toEqual([
    'Dolby Vision (profile 8) metadata is not carried over.'
  ])
  expect(sourceWarnings(probed([video({ side_data_list: dolby(5, 0) })]))).toEqual([
    'Dolby Vision (profile 5) metadata is not carried over, and without it the colours of this video are wrong.'
  ])
  expect(sourceWarnings(probed([video()], [{ side_data_type: 'Dolby Vision RPU Data' }]))).toEqual([
    'Dolby Vision metadata is not carried over.'
  ])
  const plus = [{ side_data_type: 'HDR Dynamic Metadata SMPTE2094-40 (HDR10+)' }]
  expect(sourceWarnings(probed([video()], [...HDR10, ...plus]))).toEqual(['HDR10+ metadata is not carried over.'])
  // Only these have to be allowed.
  const rich = probed([video({ closed_captions: 1, pix_fmt: 'yuva420p' })], [...HDR10, ...plus])
  expect(lostMetadata(rich, rich.streams[0]!)).toEqual(['HDR10+ metadata is not carried over.'])
})

test('captions of the film and data streams; other videos and a cover picture are none', () => {
  const others = [
    video({ index: 1, closed_captions: 1 }),
    video({ index: 2, disposition: { attached_pic: 1 } }),
    video({ index: 3, codec_type: 'data', codec_name: 'bin_data' })
  ]
  expect(sourceWarnings(probed([video({ closed_captions: 1 }), ...others]))).toEqual([
    'Closed captions in the video are not kept.',
    'Data streams (1) are not kept.'
  ])
  expect(sourceWarnings(probed([video(), ...others]))).toEqual(['Data streams (1) are not kept.'])
  const captions = [{ side_data_type: 'ATSC A53 Part 4 Closed Captions' }]
  expect(sourceWarnings(probed([video()], captions))).toEqual(['Closed captions in the video are not kept.'])
})

test.each([
  ['24/1', '24/1', false],
  ['24000/1001', '2997/125', false],
  // Fields a second.
  ['50/1', '25/1', false],
  ['90000/1', '3601/121', true],
  ['30/1', '24/1', true],
  ['0/0', '0/0', false]
])('rates %s and %s', (base, average, varies) => {
  const found = sourceWarnings(probed([video({ r_frame_rate: base, avg_frame_rate: average })]))
  expect(found).toEqual(varies ? [VARIABLE_RATE] : [])
})

test.each([
  ['yuva420p', ['transparency']],
  ['rgb24', ['RGB']],
  ['gbrap16le', ['transparency', 'RGB', '16 bits']],
  ['rgb48le', ['RGB', '16 bits']],
  ['gbrp14le', ['RGB', '14 bits']],
  ['yuv444p16le', ['16 bits']],
  ['gray16le', ['16 bits']],
  ['yuv440p', ['4:4:0']],
  ['yuv410p', ['4:1:0']],
  ['yuvj420p', []],
  ['yuv422p12le', []],
  ['nv12', []],
  ['p010le', []]
])('pixels of %s', (format, words) => {
  const found = sourceWarnings(probed([video({ pix_fmt: format })]))
  expect(found).toEqual(words.map((word) => expect.stringContaining(word) as unknown))
})

test('which field comes first', () => {
  const frame = (interlaced: number, top: number) => ({
    interlaced_frame: interlaced,
    top_field_first: top,
    side_data_list: []
  })
  expect(fieldOrderOf(video({ field_order: 'tt' }), undefined)).toBe('tff')
  expect(fieldOrderOf(video({ field_order: 'tb' }), undefined)).toBe('bff')
  expect(fieldOrderOf(video({ field_order: 'progressive' }), frame(1, 1))).toBeUndefined()
  expect(fieldOrderOf(video({ field_order: 'unknown' }), frame(1, 0))).toBe('bff')
  expect(fieldOrderOf(video(), frame(1, 1))).toBe('tff')
  expect(fieldOrderOf(video(), frame(0, 0))).toBeUndefined()
})

const lasting = (durationSeconds: number, container = 'matroska,webm') => ({
  durationSeconds,
  container,
  video: { fps: { num: 25, den: 1 } }
})

test('times tell of a varying rate and of a missing end', () => {
  const even = Array.from({ length: 100 }, (_, n) => n * 40)
  expect(timeWarnings(even, lasting(4))).toEqual([])
  // One gap is a gap.
  const gap = even.map((time) => (time > 2000 ? time + 900 : time))
  expect(timeWarnings(gap, lasting(4.9))).toEqual([])
  const sparse = even.filter((_, n) => n % 5 !== 3)
  expect(timeWarnings(sparse, lasting(4))).toEqual([VARIABLE_RATE])
  expect(timeWarnings(even.slice(0, 60), lasting(4))).toEqual([
    'The video ends at 2.40 s, but the source claims to last 4.00 s: it may be cut off.'
  ])
  expect(timeWarnings([0], lasting(0.04))).toEqual([])
  expect(timeWarnings(even, lasting(500, 'mov,mp4,m4a,3gp,3g2,mj2'))).toHaveLength(1)
  // Their length is made of their times, which jump.
  for (const container of ['mpegts', 'mpeg', 'ogg']) expect(timeWarnings(even, lasting(500, container))).toEqual([])
})

test('complaints about the input are told from what outputs say, however the text is cut', () => {
  const watch = createStderrWatch()
  const parts = [
    '[framehash @ 0x55d0] [error] non monoton',
    'ically increasing dts\n\n',
    '[h264 @ 0x1] [warning] odd\n'
  ]
  for (const part of [...parts, '[h264 @ 0x55d1a2] [err', 'or] error while decoding MB 3 4']) watch.push(part)
  expect(watch.complaint()).toBeUndefined()
  watch.push('\nLater line\n')
  expect(watch.complaint()).toBe('[h264] error while decoding MB 3 4')
  const lost = createStderrWatch()
  lost.push('[mpegts @ 0x55c2] [warning] Packet corrupt (stream = 0, dts = 204750).\n')
  expect(lost.complaint()).toBe('[mpegts] Packet corrupt (stream = 0, dts = 204750).')
})

test('what is said of pictures before the first key picture counts only where there should be one', () => {
  const said = [
    '[h264 @ 0x1] [error] non-existing PPS 0 referenced',
    '[h264 @ 0x1] [error] decode_slice_header error',
    '[h264 @ 0x1] [error] no frame!',
    '[hevc @ 0x1] [error] PPS id out of range: 0',
    '[hevc @ 0x1] [error] Could not find ref with POC 11',
    '[hevc @ 0x1] [error] Error constructing the frame RPS.',
    '[mpeg2video @ 0x1] [error] Invalid frame dimensions 0x0.',
    '[h264 @ 0x1] [error] co located POCs unavailable',
    '[vist#0:0/h264 @ 0x1] [dec:h264 @ 0x2] [error] Error submitting packet to decoder: Invalid data found when processing input'
  ]
  for (const line of said) {
    const within = createStderrWatch({ isWithin: true })
    within.push(`${line}\n`)
    expect(within.complaint()).toBeUndefined()
    within.begun()
    within.push(`${line}\n`)
    expect(within.complaint()).toBeDefined()
    const whole = createStderrWatch()
    whole.push(`${line}\n`)
    expect(whole.complaint()).toBeDefined()
  }
  for (const line of ['[h264 @ 0x1] [error] error while decoding MB 3 4', '[mpegts @ 0x1] [warning] Packet corrupt']) {
    const within = createStderrWatch({ isWithin: true })
    within.push(`${line}\n`)
    expect(within.complaint()).toBeDefined()
  }
})

test('the track of an MP4 that is its chapters is no lost stream; others of data are', () => {
  const data = (tag: string) => video({ codec_type: 'data', codec_name: 'bin_data', codec_tag_string: tag })
  const words = (...tags: readonly string[]) => sourceWarnings(probed([video(), ...tags.map(data)]))
  expect(words('text')).toEqual([])
  expect(words('tmcd')).toEqual(['Data streams (1) are not kept.'])
  expect(words('text', 'tmcd', 'gpmd', '[6][0][0][0]')).toEqual(['Data streams (3) are not kept.'])
})

/** As ffmpeg 5.1, 7.1 and 9.0 say it of command lines that they do not take. */
const OWN_WORDS = [
  "[error] Unrecognized option 'nonsense'.\n[fatal] Error splitting the argument list: Option not found",
  "[Eval @ 0x7ffe64a931f0] [error] Undefined constant or missing '(' in 'demux'\n[fatal] Invalid time base: demux",
  '[vost#0:0/wrapped_avframe @ 0x55c4a6975000] [fatal] Invalid time base: -1\n[error] Error opening output file -.\n[fatal] Error opening output files: Invalid argument',
  "[AVFormatContext @ 0x556053adfd80] [error] Unable to choose an output format for '0'; use a standard extension for the filename or specify the format manually.\n[out#0 @ 0x556053adfc80] [fatal] Error initializing the muxer for 0: Invalid argument\n[error] Error opening output file 0.",
  "[vost#0:0 @ 0x562a3293b940] [fatal] Unknown encoder 'libx264'\n[vost#0:0 @ 0x562a3293b940] [fatal] Error selecting an encoder",
  "[fc#-1 @ 0x560d82e3bec0] [error] Error applying option 'nonsense' to filter 'scale': Option not found",
  "[AVFilterGraph @ 0x5634fbef2840] [error] No such filter: 'bwdif'\n[error] Error opening output file -.",
  "x264 [error]: invalid preset 'nonsense'\n[vost#0:0/libx264 @ 0x1] [enc:libx264 @ 0x2] [error] Error while opening encoder - maybe incorrect parameters",
  '[mpeg4 @ 0x56349b0e6080] [error] Unable to parse "idct" option value "simple"\n[mpeg4 @ 0x56349b0e6080] [error] Error setting option idct to value simple.'
]

test.for(OWN_WORDS)('what ffmpeg says of its command line is no damage of the source: %s', (said) => {
  const watch = createStderrWatch()
  watch.push(`${said}\n`)
  expect(watch.complaint()).toBeUndefined()
})

test.for([
  '[error] Error while decoding stream #0:0: Invalid data found when processing input',
  '[in#0/matroska,webm @ 0x1] [error] Error during demuxing: Input/output error',
  '[vist#0:0/h264 @ 0x1] [dec:h264 @ 0x2] [error] Error submitting packet to decoder: Invalid data found when processing input',
  '[error] file:/a.mkv: Invalid data found when processing input'
])('what it says of its input is: %s', (said) => {
  const watch = createStderrWatch()
  watch.push(`${said}\n`)
  expect(watch.complaint()).toBeDefined()
})
