import { expect, test } from 'vitest'
import { parsePsnr } from '../../../scripts/psnr.ts'

const line = (n: number, mse: string, psnr: string) =>
  `n:${n} mse_avg:${mse} mse_y:0.1 mse_u:0.1 mse_v:0.1 psnr_avg:${psnr} psnr_y:50.0 psnr_u:50.0 psnr_v:50.0\n`

test('parsePsnr gives least and mean, and where the least is', () => {
  const quality = parsePsnr(line(1, '0.65', '50.00') + line(2, '6.50', '40.00') + line(3, '0.00', 'inf'))
  expect(quality).toMatchObject({ frames: 3, min: 40, minFrame: 1 })
  expect(quality.mean).toBeCloseTo(10 * Math.log10(65025 / ((0.65 + 6.5) / 3)), 6)
})

test('parsePsnr of equal videos, and of nothing', () => {
  expect(parsePsnr(line(1, '0.00', 'inf'))).toMatchObject({ frames: 1, mean: Infinity, min: Infinity })
  expect(parsePsnr('')).toMatchObject({ frames: 0 })
})
