import { z } from 'zod'
import type { StoredAttempt, StoredLease } from '../ports.ts'

/** Kinds of JSON in the database. */
export type StoredKind = 'lease' | 'attempt'

/** Called with each value that does not have the form that this version writes; the value is left out. */
export type OnUnread = (kind: StoredKind, projectId: string) => void

type Shape<T> = { readonly [Field in keyof Required<T>]: z.ZodType<T[Field]> }

const leaseFields = {
  projectId: z.string(),
  scene: z.int().nonnegative(),
  epoch: z.int().nonnegative(),
  attempt: z.int().nonnegative(),
  worker: z.string(),
  maker: z.object({ build: z.string(), probe: z.string() }).optional()
} satisfies Shape<StoredLease>

const number = z.number().nullable()

/** What earlier versions did not measure. */
const unmeasured = number.default(null)

const attemptFields = {
  ...leaseFields,
  startedAtMs: number,
  endedAtMs: number,
  changedAtMs: z.number(),
  encodeMs: number,
  bytes: number,
  verdict: z.string(),
  reason: z.string(),
  psnr: number,
  psnrMean: unmeasured,
  xpsnr: unmeasured
} satisfies Shape<StoredAttempt>

const schemas = { lease: z.object(leaseFields), attempt: z.object(attemptFields) }

function readWith<T>(kind: StoredKind, schema: z.ZodType<T>, onUnread: OnUnread) {
  return (key: string, value: unknown): T[] => {
    const read = schema.safeParse(value)
    if (read.success) return [read.data]
    onUnread(kind, key.split('!')[0] ?? '')
    return []
  }
}

/** Reads values of the database, which an older or a later version may have written. */
export const createReaders = (onUnread: OnUnread = () => {}) => ({
  lease: readWith<StoredLease>('lease', schemas.lease, onUnread),
  attempt: readWith<StoredAttempt>('attempt', schemas.attempt, onUnread)
})

export type Readers = ReturnType<typeof createReaders>
