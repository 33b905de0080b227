import { expect, test } from 'vitest'
import { parsePassProgress } from '../../../src/encode/spec/encoders/progress.ts'

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
