/** Logarithm and powers out of plain arithmetic: `Math.log` and `Math.pow` may differ between machines in the last digit, and the results become encoded bytes. */

/** Natural logarithm of a positive number. */
export function ln(x: number): number {
  let mantissa = x
  let twos = 0
  for (; mantissa > 1.5; twos += 1) mantissa /= 2
  for (; mantissa < 0.75; twos -= 1) mantissa *= 2
  const ratio = (mantissa - 1) / (mantissa + 1)
  let term = ratio
  let sum = 0
  for (let n = 1; n <= 41; n += 2) {
    sum += term / n
    term *= ratio * ratio
  }
  return 2 * sum + twos * Math.LN2
}

/** e to the power of `x`, for exponents up to some hundreds. */
export function exp(x: number): number {
  let rest = x
  let scale = 1
  for (; rest > Math.LN2; rest -= Math.LN2) scale *= 2
  for (; rest < -Math.LN2; rest += Math.LN2) scale /= 2
  let term = 1
  let sum = 0
  for (let n = 1; n <= 24; n += 1) {
    sum += term
    term *= rest / n
  }
  return sum * scale
}

/** `base` to the power of `exponent`; 0 for a base that is not positive. */
export const power = (base: number, exponent: number): number => (base > 0 ? exp(exponent * ln(base)) : 0)
