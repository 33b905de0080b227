import { expect, test } from 'vitest'
import { missedGoal, type QualityTarget } from '../../../../src/encode/rules/index.ts'

const seen = (target: QualityTarget, quantiser: number | undefined, lumaDb: number, ssim?: number, xpsnr?: number) =>
  missedGoal({ target, min: 4, max: 63 }, quantiser, {
    worstFrameDb: 0,
    worstLumaDb: 0,
    meanDb: 99,
    lumaDb,
    ssim,
    xpsnr,
    shiftGainDb: 0,
    worstBlock: 0
  })

test.each([
  [{ metric: 'psnr', value: 40 }, 30, 38.6, undefined],
  [{ metric: 'psnr', value: 40 }, 30, 55, undefined],
  [{ metric: 'psnr', value: 40 }, 30, 38.4, 'its psnr is 38.4 dB, and 40.0 dB was asked for'],
  // No encoder can do better than its finest quantiser.
  [{ metric: 'psnr', value: 80 }, 4, 38.4, undefined],
  [{ metric: 'psnr', value: 80 }, 5, 38.4, 'its psnr is 38.4 dB, and 80.0 dB was asked for']
] as const)('target %j, quantiser %s and %d dB [RULE 83]', (target, quantiser, db, words) => {
  expect(seen(target, quantiser, db)).toBe(words)
})

test.each([
  [0.98, 0.9718, undefined],
  [0.98, 0.9716, 'its ssim is 0.9716, and 0.9800 was asked for'],
  [0.98, 1, undefined],
  [0.98, undefined, undefined]
] as const)('target SSIM %d and %s [RULE 83]', (value, ssim, words) => {
  expect(seen({ metric: 'ssim', value }, 30, 10, ssim)).toBe(words)
})

test.each([
  [38.6, undefined],
  [38.4, 'its xpsnr is 38.4 dB, and 40.0 dB was asked for'],
  [undefined, undefined]
] as const)('target XPSNR and %s [RULE 83]', (xpsnr, words) => {
  expect(seen({ metric: 'xpsnr', value: 40 }, 30, 10, undefined, xpsnr)).toBe(words)
})

test.each([undefined, 3, 64])('quantiser %s is none that was chosen [RULE 83]', (quantiser) => {
  expect(seen({ metric: 'psnr', value: 40 }, quantiser, 50)).toBe(
    'it does not name the quantiser that was chosen for it'
  )
})

test('what could not be compared says nothing about the target', () => {
  const goal = { target: { metric: 'psnr', value: 40 }, min: 0, max: 63 } as const
  expect(missedGoal(goal, 30, undefined)).toBeUndefined()
})
