/** What to write instead of a flag of another program, as the end of a sentence. */
export type ForeignFlags = ReadonlyMap<string, string>

const IN_FFMPEG: readonly (readonly [string, string])[] = [
  ['c:v', '--encoder chooses the encoder: leave it out'],
  ['codec:v', '--encoder chooses the encoder: leave it out'],
  ['vcodec', '--encoder chooses the encoder: leave it out'],
  ['pix_fmt', 'write -b 10 for ten bits; grav1 takes the rest from the source'],
  ['pix-format', 'write -b 10 for ten bits; grav1 takes the rest from the source'],
  ['vf', 'grav1 filters nothing: leave it out'],
  ['filter:v', 'grav1 filters nothing: leave it out'],
  ['c:a', '--audio sets the audio: leave it out'],
  ['b:a', '--audio sets the audio: leave it out'],
  ['an', '--audio sets the audio: leave it out'],
  ['map', 'all streams are kept: leave it out'],
  ['g', 'grav1 places key frames at scene starts: leave it out'],
  ['keyint_min', 'grav1 places key frames at scene starts: leave it out']
]

/** Flags that people write for another program, ffmpeg first of all. */
export const foreignFlags = (own: Readonly<Record<string, string>>): ForeignFlags =>
  new Map([...IN_FFMPEG, ...Object.entries(own)])
