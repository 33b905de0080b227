/** Channels that Opus has in one stream with a known place for each speaker. */
export const OPUS_CHANNELS_MAX = 8

/** Layouts of Opus by number of channels, in ffmpeg's words. */
const BY_CHANNELS = ['mono', 'stereo', '3.0', 'quad', '5.0', '5.1', '6.1', '7.1']

/**
 * Layouts that Opus does not have, and the smallest of its own that has a place for each of their speakers. Side speakers count as back ones; only those between
 * front and centre have no place and are mixed into the front.
 */
const PLACES: Readonly<Record<string, string>> = {
  '2.1': '5.1',
  '3.0(back)': '6.1',
  '3.1': '5.1',
  '4.0': '6.1',
  '4.1': '6.1',
  'quad(side)': 'quad',
  '5.0(side)': '5.0',
  '5.1(side)': '5.1',
  '6.0': '6.1',
  '6.0(front)': 'quad',
  hexagonal: '6.1',
  '6.1(back)': '6.1',
  '6.1(front)': '5.1',
  '7.0': '7.1',
  '7.0(front)': '5.0',
  '7.1(wide)': '5.1',
  '7.1(wide-side)': '5.1',
  downmix: 'stereo'
}

/** The layout that a track gets as Opus; undefined where Opus has no room for it. A track of unknown layout is taken to have the usual one. */
export function opusLayout(layout: string, channels: number): string | undefined {
  if (channels > OPUS_CHANNELS_MAX) return undefined
  return PLACES[layout] ?? BY_CHANNELS[channels - 1] ?? 'stereo'
}
