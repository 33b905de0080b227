const LINE = /Pass (\d)\/\d frame\s+(\d+)\/(\d+)\s+\d+B/g

/** Longest run of a chunk that is looked at: progress lines are about 100 bytes, a frame's size note adds 9. */
const LOOK_CHARS = 8192

/**
 * Frames done, from a chunk of the stderr of aomenc or vpxenc (`Pass 1/2 frame   12/11  2288B ...`, separated by carriage returns). Pass 1 counts frames read; pass 2
 * counts packets written, because the encoder reads ahead. Chunks may be cut anywhere: the last complete match counts.
 */
export function parsePassProgress(text: string, pass: 1 | 2): number | undefined {
  let frames: number | undefined
  for (const match of text.slice(-LOOK_CHARS).matchAll(LINE)) {
    if (Number(match[1]) === pass) frames = Number(pass === 1 ? match[2] : match[3])
  }
  return frames
}
