import { signal } from '@preact/signals'
import type { SubmitRequest } from '../../../src/api/schemas/index.ts'

/** The dialog for submitting films is open. */
export const isSubmitOpen = signal(false)

/** What the dialog begins with, once; undefined: what it held before. */
export const prefill = signal<SubmitRequest | undefined>(undefined)

export function openSubmit(request?: SubmitRequest): void {
  prefill.value = request
  isSubmitOpen.value = true
}
