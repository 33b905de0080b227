/** A seeded stream of random values. The same seed gives the same values on every machine. */
export interface Random {
  /** In [0, 1), in steps of 2^-32. */
  next: () => number
  /** A whole number in [0, below). @throws RangeError when `below` is not in 1..2^32. */
  int: (below: number) => number
  /** In [from, to). */
  range: (from: number, to: number) => number
  /** True with this probability; draws a value in any case, so that changing a rate moves no later value. */
  chance: (probability: number) => boolean
  /** @throws RangeError when the list is empty. */
  pick: <T>(list: readonly T[]) => T
  /** A shuffled copy. */
  shuffle: <T>(list: readonly T[]) => T[]
  /** Exponentially distributed, at least 0. */
  exponential: (mean: number) => number
  bytes: (length: number) => Uint8Array
  /** `length` lower-case hex digits. */
  hex: (length: number) => string
  /** An independent stream. It depends on the seed and the labels only, never on how much was drawn before. */
  fork: (label: string) => Random
}

/** @param seed any finite number; its low 53 bits count. */
export function createRandom(seed: number): Random {
  if (!Number.isFinite(seed)) throw new RangeError(`not a seed: ${seed}`)
  const whole = Math.trunc(seed)
  return new Sfc32(whole | 0, Math.trunc(whole / 2 ** 32) | 0)
}

/** Chris Doty-Humphrey's sfc32, seeded by splitmix32. */
class Sfc32 implements Random {
  readonly #low: number
  readonly #high: number
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(low: number, high: number) {
    this.#low = low
    this.#high = high
    this.#a = splitmix(low)
    this.#b = splitmix(low ^ splitmix(high + 0x632be5ab))
    this.#c = splitmix(this.#a + this.#b)
    for (let round = 0; round < 12; round++) this.#draw()
  }

  next(): number {
    return this.#draw() / 2 ** 32
  }

  int(below: number): number {
    if (!(below >= 1 && below <= 2 ** 32)) throw new RangeError(`not a bound: ${below}`)
    return Math.floor(this.next() * below)
  }

  range(from: number, to: number): number {
    return from + this.next() * (to - from)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('nothing to pick from')
    return list[this.int(list.length)] as T
  }

  shuffle<T>(list: readonly T[]): T[] {
    const copy = [...list]
    for (let last = copy.length - 1; last > 0; last--) {
      const other = this.int(last + 1)
      const kept = copy[last] as T
      copy[last] = copy[other] as T
      copy[other] = kept
    }
    return copy
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next())
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; at += 4) {
      const word = this.#draw()
      for (let byte = at; byte < at + 4 && byte < length; byte++) bytes[byte] = word >>> ((byte - at) * 8)
    }
    return bytes
  }

  hex(length: number): string {
    let text = ''
    while (text.length < length) text += this.#draw().toString(16).padStart(8, '0')
    return text.slice(0, length)
  }

  fork(label: string): Random {
    let low = splitmix(this.#low ^ 0x2545f491)
    let high = splitmix(this.#high ^ 0x4f6cdd1d)
    for (let at = 0; at < label.length; at++) {
      low = splitmix(low ^ label.charCodeAt(at))
      high = splitmix(high + low)
    }
    return new Sfc32(low | 0, high | 0)
  }

  #draw(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }
}

function splitmix(value: number): number {
  let mixed = (value + 0x9e3779b9) | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return mixed ^ (mixed >>> 15)
}
