import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

/** `keys`: one key, or two after each other with a space between, as `event.key` names them. */
export interface Shortcut {
  readonly keys: string
  /** What it does, for the list. */
  readonly does: string
  readonly run: () => void
}

const registered = signal<readonly Shortcut[]>([])
const isListOpen = signal(false)

const SEQUENCE_MS = 1500

/** Keys that work while the component is shown. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const newest = useRef(shortcuts)
  newest.current = shortcuts
  useEffect(() => {
    const mine = newest.current.map(({ keys, does }, index) => ({
      keys,
      does,
      run: () => newest.current[index]?.run()
    }))
    registered.value = [...registered.value, ...mine]
    return () => {
      registered.value = registered.value.filter((one) => !mine.includes(one))
    }
  }, [])
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement ||
      (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type)))
  )
}

/** Space presses what has the focus, where that can be pressed. */
const takesSpace = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('button, a, summary, input:not([type=range])') != null

let first = ''
let firstAt = 0

function onKey(event: KeyboardEvent): void {
  const { key, target, timeStamp } = event
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(target)) return
  if (key === ' ' && takesSpace(target)) return
  if (document.querySelector('dialog[open]') != null) return
  const sequence = timeStamp - firstAt < SEQUENCE_MS ? `${first} ${key}` : key
  // What came last is shown now, so it goes first.
  const named = (wanted: string): Shortcut | undefined => registered.value.findLast(({ keys }) => keys === wanted)
  const found = named(sequence) ?? named(key)
  first = found == null ? key : ''
  firstAt = timeStamp
  if (found == null) return
  event.preventDefault()
  found.run()
}

/** Has the page listen to keys. Shown once, in the shell. */
export function Shortcuts() {
  useShortcuts([{ keys: '?', does: 'show this list', run: () => (isListOpen.value = true) }])
  useEffect(() => {
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return isListOpen.value ? <ShortcutList /> : null
}

function ShortcutList() {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      ref={dialog}
      class="shortcuts"
      aria-labelledby="shortcuts-title"
      onClose={() => {
        isListOpen.value = false
      }}
    >
      <h2 id="shortcuts-title">Keyboard shortcuts</h2>
      <dl>
        {registered.value.map(({ keys, does }) => (
          <div key={keys}>
            <dt>
              {(keys === ' ' ? ['Space'] : keys.split(' ')).map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  )
}

/** Opens the list of what keys do here. */
export function ShortcutsButton() {
  return (
    <button type="button" class="quiet" aria-label="Keyboard shortcuts" onClick={() => (isListOpen.value = true)}>
      ?
    </button>
  )
}
