/** Kinds of files that people take for a video, each with a sentence about it. */
const SENTENCES = {
  picture: 'This is a picture, not a video.',
  sound: 'The file holds audio, but no video.',
  playlist: 'This is a playlist; name the video itself.',
  subtitles: 'These are subtitles, not a video.',
  archive: 'This is an archive; unpack the video first.',
  document: 'This is a document, not a video.'
} as const

type Kind = keyof typeof SENTENCES

/** First characters of files, one for a byte. */
const BEGINNINGS: readonly (readonly [Kind, RegExp])[] = [
  ['picture', /^(?:GIF8[79]a|\x89PNG|\xff\xd8\xff|RIFF[^]{4}WEBP|BM[^]{4}\0\0\0\0|II\*\0|MM\0\*|8BPS)/],
  ['picture', /^[^]{4}ftyp(?:avif|heic|heix|mif1)/],
  ['picture', /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)?(?:<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i],
  [
    'sound',
    /^(?:ID3|fLaC|TTA\d|\vw|w\v|\x7f\xfe\x80|DSD |caff|RIFF[^]{4}WAVE|FORM[^]{4}AIF[FC]|MAC |wvpk|#!AMR|\xff[\xe2-\xff][^\xff])/
  ],
  [
    'playlist',
    /^(?:\xef\xbb\xbf)?\s*(?:#EXTM3U|\[playlist\]|ffconcat version|file '[^'\n]+'|FILE "[^"\n]+" |<\?xml[^]{0,200}<(?:MPD|playlist)|<(?:MPD|asx|smil)[\s>])/i
  ],
  [
    'subtitles',
    /^(?:\xef\xbb\xbf)?\s*(?:WEBVTT|\[Script Info\]|\d+\r?\n\d+:\d\d:\d\d[,.]\d+ --> |\{\d+\}\{\d+\}|\[\d\d:\d\d\.\d\d\]|(?:<\?xml[^>]*>\s*)?<(?:tt|sami)[\s>])/i
  ],
  ['archive', /^(?:PK[^ -~]{2}|Rar!|7z\xbc\xaf|[^ -~]\x8b[\b]|BZh\d|\xfd7zXZ|\x28\xb5\x2f\xfd)/],
  ['document', /^(?:\xef\xbb\xbf)?\s*(?:%PDF-|<!DOCTYPE html|<html[\s>])/i]
]

function kindOf(head: Uint8Array): Kind | undefined {
  const text = Array.from(head.subarray(0, 512), (byte) => String.fromCharCode(byte)).join('')
  return BEGINNINGS.find(([, pattern]) => pattern.test(text))?.[0]
}

/** The kind of file that its beginning shows, as a sentence; undefined if it is none of these. */
export function fileKindSentence(head: Uint8Array): string | undefined {
  const kind = kindOf(head)
  return kind === undefined ? undefined : SENTENCES[kind]
}

/** The same for what ffmpeg reads as a film of one frame. */
export const pictureSentence = (head: Uint8Array): string | undefined =>
  kindOf(head) === 'picture' ? SENTENCES.picture : undefined
