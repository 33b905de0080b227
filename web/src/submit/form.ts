import type { Errors, Fields } from './fields.ts'

/** What the parts of the dialog share. */
export interface PartProps {
  readonly fields: Fields
  readonly errors: Errors
  readonly set: (change: Partial<Fields>) => void
}
