import type { WriteOp } from './disk-types.ts'

/** What one view of a disk holds. */
export type Values = Map<string, Uint8Array>

export function apply(values: Values, ops: readonly WriteOp[]): void {
  for (const { key, bytes } of ops) {
    if (bytes === undefined) values.delete(key)
    else values.set(key, bytes)
  }
}

/** The writes that put back what `ops` will replace. */
export function undoOf(values: Values, ops: readonly WriteOp[]): WriteOp[] {
  return ops.map(({ key }) => ({ key, bytes: values.get(key) }))
}

export function keysOf(values: Values, prefix: string): string[] {
  return [...values.keys()].filter((key) => key.startsWith(prefix)).sort()
}

/** A copy with its last `count` bytes inverted. */
export function inverted(bytes: Uint8Array, count: number): Uint8Array {
  const from = Math.max(0, bytes.length - count)
  return bytes.map((byte, at) => (at < from ? byte : ~byte))
}
