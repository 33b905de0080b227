import { signal } from '@preact/signals'

/** The dialog for submitting a film is open. */
export const isSubmitOpen = signal(false)

export function openSubmit(): void {
  isSubmitOpen.value = true
}
