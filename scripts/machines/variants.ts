import { join } from 'node:path'
import { type ProgramFolder, type ProgramName, writePrograms } from './programs.ts'
import type { Sample } from './samples.ts'
import type { System } from './systems.ts'

/** Ways to run an encoder that should make the same bytes. `forced` goes behind grav1's back: threads that it never asks for. */
export const VARIANTS = ['2 threads', '4 threads', 'forced', 'no SIMD', 'arm64'] as const
export type Variant = (typeof VARIANTS)[number]

/** The program folders of one system: as it is, and for each variant. */
export interface SystemPrograms {
  readonly plain: ProgramFolder
  readonly of: (variant: Variant) => { readonly programs: ProgramFolder; readonly threads: number }
}

const FORCED: Readonly<Partial<Record<ProgramName, readonly string[]>>> = {
  aomenc: ['--threads=2'],
  vpxenc: ['--threads=2'],
  SvtAv1EncApp: ['--lp', '4']
}

/** What makes a program use nothing but C. */
const NO_SIMD = {
  env: { AOM_SIMD_CAPS_MASK: '0', VPX_SIMD_CAPS_MASK: '0' },
  after: { SvtAv1EncApp: ['--asm', 'c'] }
}

/** SVT-AV1 is always told of one core, so a number of threads changes nothing that it is told. */
export const variantsOf = ({ encoder }: Sample): readonly Variant[] =>
  encoder === 'svt' ? VARIANTS.filter((variant) => !variant.endsWith('threads')) : VARIANTS

/** Writes the folders below `folder`. */
export async function writeSystem({ name, native, arm64 }: System, folder: string): Promise<SystemPrograms> {
  const at = (what: string): string => join(folder, `programs-${name}-${what}`)
  const plain = await writePrograms(at('plain'), { before: native })
  const others = {
    forced: await writePrograms(at('forced'), { before: native, after: FORCED }),
    'no SIMD': await writePrograms(at('no-simd'), { before: native, ...NO_SIMD }),
    arm64: await writePrograms(at('arm64'), { before: arm64 })
  }
  return {
    plain,
    of: (variant) => {
      if (variant === '2 threads') return { programs: plain, threads: 2 }
      if (variant === '4 threads') return { programs: plain, threads: 4 }
      return { programs: others[variant], threads: 1 }
    }
  }
}
