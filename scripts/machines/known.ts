import type { Sample } from './samples.ts'
import type { Variant } from './variants.ts'

/** A difference that is known, and how grav1 meets it. */
export interface KnownDifference {
  readonly encoder: Sample['encoder']
  readonly variant: Variant
  /** Of the version that the program tells. */
  readonly versions: RegExp
  /** Of the parameters. */
  readonly params: RegExp
  readonly met: string
}

/** Everything else has to be equal. */
export const KNOWN: readonly KnownDifference[] = [
  {
    encoder: 'aom',
    variant: 'forced',
    versions: /^3\.(?:1[2-9]|[2-9]\d)/,
    params: /--cpu-used=[5-9]/,
    met: 'one thread from speed 5 on'
  },
  {
    encoder: 'aom',
    variant: 'no SIMD',
    versions: /^3\.6\./,
    params: /--bit-depth=10/,
    met: 'the build does not tell: ten bits only where all processors have AVX2 (or are ARM)'
  },
  {
    encoder: 'svt',
    variant: 'arm64',
    versions: /./,
    params: /--film-grain/,
    met: 'the build does not tell: grain only among machines of one processor'
  },
  { encoder: 'svt', variant: 'arm64', versions: /^2\.3/, params: /./, met: 'the build tells' }
]

/** The known difference that an encode falls under. */
export const knownDifference = (sample: Sample, variant: Variant, version: string): KnownDifference | undefined =>
  KNOWN.find(
    (known) =>
      known.encoder === sample.encoder &&
      known.variant === variant &&
      known.versions.test(version) &&
      known.params.test(sample.params)
  )
