import { expect, test } from 'vitest'
import { complaintOf, ENCODERS } from '../../../src/encode/rules/index.ts'
import { parsePassProgress } from '../../../src/encode/rules/encoders/progress.ts'

const first = 'Pass 1/2 frame   11/10      2080B    3159 us 3482.11 fps [ETA  0:00:00] \u001B[K\r'
const second = 'Pass 2/2 frame   12/7      18290B   42395 us 283.05 fps [ETA  unknown]    1674F   1569F\u001B[K\r'

test('pass 1 counts frames read, pass 2 packets written', () => {
  expect(parsePassProgress(first, 1)).toBe(11)
  expect(parsePassProgress(second, 2)).toBe(7)
  expect(parsePassProgress(first, 2)).toBeUndefined()
  expect(parsePassProgress('Fatal: no', 1)).toBeUndefined()
})

test('the last complete line of a chunk that is cut anywhere counts', () => {
  const text = first.replace('11/10', '10/9') + first
  for (let cut = 0; cut <= text.length; cut += 1) {
    expect([undefined, 10, 11]).toContain(parsePassProgress(text.slice(0, cut), 1))
    expect([undefined, 11]).toContain(
      parsePassProgress(text.slice(cut), 1) === 10 ? undefined : parsePassProgress(text.slice(cut), 1)
    )
  }
  expect(parsePassProgress(text + first.slice(0, 14), 1)).toBe(11)
})

const svtLine = (frame: number): string => `\rEncoding frame ${String(frame).padStart(4)} 19.78 kbps 265.52 fps  `

test('SVT-AV1 counts packets, in lines that may be cut anywhere', () => {
  const { svt } = ENCODERS
  const text = `Encoding          ${svtLine(9)}${svtLine(10)}`
  expect(svt.parseProgress(text, 1)).toBe(10)
  expect(svt.parseProgress('Svt[info]: frame 3', 1)).toBeUndefined()
  for (let cut = 0; cut <= text.length; cut += 1) {
    expect([undefined, 9, 10]).toContain(svt.parseProgress(text.slice(0, cut), 1))
    expect([undefined, 10]).toContain(svt.parseProgress(text.slice(Math.max(cut, 30)), 1))
  }
  expect(svt.parseProgress(svtLine(12_345).replace('19.78 kbps', '1.20 Mbps'), 1)).toBe(12_345)
})

test('SVT-AV1 4 counts packets too, between colours', () => {
  const { svt } = ENCODERS
  const line = (frame: number): string =>
    `\rEncoding: \u001B[33m${String(frame).padStart(4)}/24 Frames\u001B[0m @ 61.20 fps`
  const text = line(9) + line(10)
  expect(svt.parseProgress(text, 1)).toBe(10)
  for (let cut = 0; cut <= text.length; cut += 1) {
    expect([undefined, 9, 10]).toContain(svt.parseProgress(text.slice(0, cut), 1))
    expect([undefined, 10]).toContain(svt.parseProgress(text.slice(Math.max(cut, 12)), 1))
  }
  expect(svt.parseProgress('Encoding: 12 Frames @', 1)).toBe(12)
})

test('why an encoder gave up', () => {
  const { svt, aom } = ENCODERS
  const info = 'Svt[info]: SVT [version]:\tSVT-AV1 Encoder Lib v1.4.1\n'
  const reasons: [string, string][] = [
    ['Svt[error]: Instance 1: Invalid tune flag\n', 'Invalid tune flag'],
    ['Error Instance 1: The maximum allowed frame_rate is 240 fps\n', 'The maximum allowed frame_rate is 240 fps'],
    [
      '[SVT-Error]: The intra period must be > 0 for RateControlMode 1 \n',
      'The intra period must be > 0 for RateControlMode 1'
    ],
    ['Error: EncoderMode must be in the range of [0-13]\n', 'EncoderMode must be in the range of [0-13]']
  ]
  const after =
    'Error in configuration, could not begin encoding! ... \nRun SvtAv1EncApp --help for a list of options\n'
  for (const [line, reason] of reasons) expect(complaintOf(svt, info + line + after)).toBe(reason)
  expect(complaintOf(svt, 'Killed\n')).toBe('Killed')
  expect(complaintOf(aom, 'Fatal: bad\n  out of range\n\n')).toBe('out of range')
  expect(complaintOf(aom, '')).toBe('')
})
