import { signal } from '@preact/signals'
import { NodeRefusal } from '../api.ts'

export interface ToastInit {
  readonly text: string
  readonly kind?: 'info' | 'error'
  /** A button beside it; pressing it takes the toast away. */
  readonly action?: { readonly label: string; readonly run: () => void }
  /** Default: 5 s; errors stay until they are closed. */
  readonly lastsMs?: number
}

interface Toast extends ToastInit {
  readonly id: number
}

const TOASTS_MAX = 5
const LASTS_MS = 5000

const toasts = signal<readonly Toast[]>([])
let lastId = 0

/** Says something in the corner of the page. @returns a function that takes it away */
export function toast(init: ToastInit): () => void {
  const id = (lastId += 1)
  const close = (): void => {
    toasts.value = toasts.value.filter((one) => one.id !== id)
  }
  toasts.value = [...toasts.value, { ...init, id }].slice(-TOASTS_MAX)
  if (init.kind !== 'error') setTimeout(close, init.lastsMs ?? LASTS_MS)
  return close
}

/** What went wrong, as a sentence that says what to do. */
export function sentenceOf(error: unknown): string {
  if (error instanceof NodeRefusal) return error.message
  if (error instanceof TypeError) return 'The node does not answer. Nothing was changed. Try again when it is back.'
  return error instanceof Error ? error.message : String(error)
}

/** Says that something did not work. `what`: e.g. `The priority was not changed`. */
export function toastError(what: string, error: unknown): void {
  toast({ kind: 'error', text: `${what}: ${sentenceOf(error)}` })
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, kind = 'info', text, action }) => {
        const close = (): void => {
          toasts.value = toasts.value.filter((one) => one.id !== id)
        }
        return (
          <div key={id} class={`toast ${kind}`}>
            <p>
              {kind === 'error' && <strong>Error. </strong>}
              {text}
            </p>
            {action != null && (
              <button
                type="button"
                onClick={() => {
                  close()
                  action.run()
                }}
              >
                {action.label}
              </button>
            )}
            <button type="button" class="quiet" aria-label="Close this message" onClick={close}>
              ✕
            </button>
          </div>
        )
      })}
    </div>
  )
}
