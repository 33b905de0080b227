import type { EncoderModule } from './types.ts'
import { ENCODERS } from './encoders/table.ts'

/** Parts of `<encoder>/<version>/<canary>`. */
function partsOf(build: string): { readonly name: string; readonly version: string; readonly canary: string } {
  const [name = '', version = '', canary = ''] = build.split('/')
  return { name, version, canary }
}

const moduleOf = (name: string): EncoderModule | undefined =>
  Object.values(ENCODERS).find((encoder) => encoder.name === name)

/** Whether a version is one of a group: `1.15` stands for 1.15 and 1.15.2, not for 1.150. */
const isOf = (version: string, group: readonly string[]): boolean =>
  group.some((one) => version === one || version.startsWith(`${one}.`))

/**
 * Whether two builds are expected to give the same bytes: the same version and canary, or versions that were measured to be equal. Only an expectation: the probe of each project
 * proves it.
 */
export function sameBuild(a: string, b: string): boolean {
  if (a === b) return true
  const [one, other] = [partsOf(a), partsOf(b)]
  if (one.name !== other.name || one.canary !== other.canary) return false
  const groups = moduleOf(one.name)?.sameBytes ?? []
  return groups.some((group) => isOf(one.version, group) && isOf(other.version, group))
}

/** Whether two builds are of the same encoder, whatever their versions. */
export const sameEncoder = (a: string, b: string): boolean => partsOf(a).name === partsOf(b).name
