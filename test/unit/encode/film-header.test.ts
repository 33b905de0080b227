import { expect, test } from 'vitest'
import {
  exactTimes,
  fileKindSentence,
  pictureSentence,
  frameNs,
  headerEdits,
  headerFault,
  headerLosses,
  headerOptions,
  isMirrored,
  matrixOf,
  parseDisplayMatrix,
  poseOf,
  streamColour
} from '../../../src/encode/rules/index.ts'
import { scrambledShare } from '../../../src/encode/programs/encrypted.ts'

const times = (count: number, at: (n: number) => number): number[] => Array.from({ length: count }, (_, n) => at(n))

test.for([
  ['24', { num: 24, den: 1 }, 41_666_667],
  ['23.976', { num: 24_000, den: 1001 }, 41_708_333],
  ['29.97', { num: 30_000, den: 1001 }, 33_366_667],
  ['25', { num: 25, den: 1 }, 40_000_000],
  ['1/5', { num: 1, den: 5 }, 5_000_000_000]
] as const)('a film of %s frames a second in whole milliseconds says so', ([, fps, ns]) => {
  const exact = times(200, (n) => (n * 1000 * fps.den) / fps.num)
  for (const rounded of [exact.map(Math.round), exact.map(Math.floor), exact]) {
    expect(frameNs(rounded, fps)).toBe(ns)
    for (const [n, time] of exactTimes(rounded, fps).entries()) {
      const frameMs = (1000 * fps.den) / fps.num
      expect(Math.abs(time - (exactTimes(rounded, fps)[0] ?? 0) - n * frameMs)).toBeLessThan(1e-6)
    }
  }
})

test('a gap is no other rate, a varying rate is none, and neither is moved', () => {
  const fps = { num: 24, den: 1 }
  const gap = times(100, (n) => Math.round((n * 1000) / 24) + (n > 50 ? 500 : 0))
  expect(frameNs(gap, fps)).toBe(41_666_667)
  expect(exactTimes(gap, fps)).toBe(gap)
  const varying = times(100, (n) => n * 41 + (n % 3) * 9)
  expect(frameNs(varying, fps)).toBeUndefined()
  expect(exactTimes(varying, fps)).toBe(varying)
})

test.for([
  [[0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000], { yaw: 0, roll: 0 }],
  [[0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000], { yaw: 0, roll: -90 }],
  [[-0x10000, 0, 0, 0, -0x10000, 0, 0, 0, 0x40000000], { yaw: 0, roll: 180 }],
  [[-0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000], { yaw: 180, roll: 0 }],
  [[0x10000, 0, 0, 0, -0x10000, 0, 0, 0, 0x40000000], { yaw: 180, roll: 180 }]
] as const)('matrix %j', ([matrix, pose]) => {
  expect(poseOf(matrix)).toEqual(pose)
  expect(matrixOf(pose as { yaw: 0 | 180; roll: number })).toEqual(matrix)
  expect(isMirrored(matrix)).toBe(pose.yaw === 180)
  const rows = [0, 3, 6].map((row) => `0000000${row / 3}: ${matrix.slice(row, row + 3).join('   ')}`)
  expect(parseDisplayMatrix(`\n${rows.join('\n')}\n`)).toEqual(matrix)
})

test('a header becomes options, and a difference a sentence', () => {
  const header = { stereo_mode: 1, language_ietf: 'pt-BR', default_track: false, default_duration: 41_666_667 }
  expect(headerOptions(header)).toEqual([
    '--language',
    '0:pt-BR',
    '--default-track-flag',
    '0:0',
    '--stereo-mode',
    '0:1'
  ])
  expect(headerEdits(header)).toEqual(['--set', 'default-duration=41666667'])
  expect(headerEdits({})).toEqual(['--delete', 'default-duration'])
  expect(headerFault(header, header)).toBeUndefined()
  expect(headerFault({ max_luminance: 0.001 }, { max_luminance: 0.0010000000474974513 })).toBeUndefined()
  expect(headerFault({}, { stereo_mode: 1 })).toBe('its stereo mode is 1, not 0')
  expect(headerFault({}, { default_duration: 42_000_000 })).toBe('its default duration is 42000000, not missing')
})

test('a language is the same in each of its forms, and no other', () => {
  const language = (text: string) => ({ language_ietf: text })
  for (const [said, written] of [
    ['eng', 'en'],
    ['ger', 'de'],
    ['deu', 'de'],
    ['pt-br', 'pt-BR'],
    ['und', 'und'],
    ['fil', 'fil']
  ] as const)
    expect(headerFault(language(said), language(written)), said).toBeUndefined()
  expect(headerFault({}, language('und'))).toBeUndefined()
  expect(headerFault(language('fin'), language('fil'))).toBe('its language ietf is fil, not fin')
  expect(headerFault(language('pt-BR'), language('pt'))).toBeDefined()
  expect(headerFault(language('no language'), language('en'))).toBeDefined()
})

test('what a container does not say is said', () => {
  const mirrored = matrixOf({ yaw: 180, roll: 0 })
  expect(headerLosses({}, mirrored, 'mkv')).toEqual([expect.stringContaining('mirrors') as unknown])
  expect(headerLosses({}, mirrored, 'mp4')).toEqual([])
  expect(
    headerLosses({ cropping: '4,12,4,12', language_ietf: 'pt-BR', flag_original: true }, undefined, 'mp4')
  ).toEqual([
    expect.stringContaining('cropping') as unknown,
    expect.stringContaining('pt-BR') as unknown,
    expect.stringContaining('Flags') as unknown
  ])
  expect(headerLosses({ cropping: '0,0,0,0', language_ietf: 'por' }, undefined, 'mp4')).toEqual([])
})

test('the stream has the last word about colours, the source where the stream is silent', () => {
  const source = { primaries: 1, transfer: 1, matrix: 1, fullRange: false }
  const silent = Uint8Array.from(Buffer.from('12000a0b00000004f9bfbfa5f7dbff', 'hex'))
  expect(() => streamColour('AV01', silent, source)).toThrow()
})

test('files that are no video get one plain sentence', () => {
  const of = (text: string): string | undefined => fileKindSentence(Buffer.from(text, 'latin1'))
  expect(of('GIF89a')).toBe('This is a picture, not a video.')
  expect(of('\x89PNG\r\n')).toBe('This is a picture, not a video.')
  expect(of('RIFF\0\0\0\0WEBPVP8 ')).toBe('This is a picture, not a video.')
  expect(of('ID3\x04')).toBe('The file holds audio, but no video.')
  expect(of('fLaC')).toBe('The file holds audio, but no video.')
  expect(of('RIFF\0\0\0\0WAVEfmt ')).toBe('The file holds audio, but no video.')
  expect(of('#EXTM3U\n')).toBe('This is a playlist; name the video itself.')
  expect(of('ffconcat version 1.0\n')).toBe('This is a playlist; name the video itself.')
  expect(of('1\r\n00:00:01,000 --> 00:00:02,000\r\n')).toBe('These are subtitles, not a video.')
  expect(of('WEBVTT\n')).toBe('These are subtitles, not a video.')
  for (const list of [
    "file 'a.mkv'\n",
    'FILE "a.wav" WAVE\n',
    '<?xml version="1.0"?>\n<MPD>',
    '<smil>',
    '[playlist]\n'
  ])
    expect(of(list)).toBe('This is a playlist; name the video itself.')
  for (const text of ['{0}{25}hi\n', '[00:01.20]la', '<?xml version="1.0"?>\n<tt xmlns="">', '<SAMI>', '[Script Info]'])
    expect(of(text)).toBe('These are subtitles, not a video.')
  for (const sound of ['\x0b\x77\x9c', '\x7f\xfe\x80\x01', 'TTA1', 'FORM\0\0\0\0AIFF'])
    expect(of(sound)).toBe('The file holds audio, but no video.')
  for (const picture of ['<svg xmlns="">', '<?xml version="1.0"?>\n<svg>', '\0\0\0\x1cftypavif', 'BM\0\0\0\0\0\0\0\0'])
    expect(of(picture)).toBe('This is a picture, not a video.')
  for (const archive of ['PK\x03\x04', 'Rar!\x1a\x07\x01', '7z\xbc\xaf\x27\x1c'])
    expect(of(archive)).toBe('This is an archive; unpack the video first.')
  for (const page of ['%PDF-1.4', '<!DOCTYPE html>', '<html>404'])
    expect(of(page)).toBe('This is a document, not a video.')
  for (const film of [
    'hello',
    '\x1aE\xdf\xa3',
    '\0\0\0\x20ftypisom',
    'RIFF\0\0\0\0AVI LIST',
    '\0\0\x01\xba',
    'G@\0\x10',
    'FLV\x01',
    '\x30\x26\xb2\x75',
    'YUV4MPEG2 W'
  ])
    expect(of(film)).toBeUndefined()
})

test('only a still picture is refused that ffmpeg takes for a film', () => {
  expect(pictureSentence(Buffer.from('\0\0\0\x1cftypavif', 'latin1'))).toBe('This is a picture, not a video.')
  for (const film of ['\0\0\0\x1cftypavis', '\0\0\0\x20ftypisom', 'ID3\x04', '%PDF-'])
    expect(pictureSentence(Buffer.from(film, 'latin1'))).toBeUndefined()
})

test('a scrambled transport stream is told by its packets', () => {
  const stream = (scrambled: boolean, size: number): Uint8Array => {
    const bytes = new Uint8Array(20 * size)
    for (let at = size - 188; at < bytes.length; at += size) bytes.set([0x47, 0, 0, scrambled ? 0x90 : 0x10], at)
    return bytes
  }
  for (const size of [188, 192]) {
    expect(scrambledShare(stream(true, size))).toBe(1)
    expect(scrambledShare(stream(false, size))).toBe(0)
  }
  expect(scrambledShare(new Uint8Array(1000))).toBe(0)
})
