import { expect, test } from 'vitest'
import { byteRate } from '../../../../src/node/config/index.ts'

test.for([
  ['none', 0],
  ['0', 0],
  [0, 0],
  ['2MiB/s', 2 << 20],
  ['2 MiB', 2 << 20],
  ['2M', 2 << 20],
  ['1.5MiB/s', 1.5 * 2 ** 20],
  ['500kB/s', 500_000],
  ['1GB/s', 1_000_000_000],
  ['16Mbit/s', 2_000_000],
  ['1 Gbit/s', 125_000_000],
  ['100000', 100_000],
  [100_000, 100_000]
] as const)('%j is %d bytes per second', ([text, rate]) => {
  expect(byteRate.parse(text)).toBe(rate)
})

test.for(['', 'fast', '-1', '1kB/s', '32767', 32_767, '2Mi/s', '2Mibit/s', '2MiB/h', '2TB/s', true, null, 1.5])(
  '%j is no limit',
  (value) => {
    expect(byteRate.safeParse(value).success).toBe(false)
  }
)
