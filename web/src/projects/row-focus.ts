const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('tr.project')]

/** Id of the project in whose line the focus is. */
export function rowInFocus(): string | undefined {
  return document.activeElement?.closest<HTMLElement>('tr.project')?.dataset['id']
}

/** Puts the focus on a part of a project's line. */
export function focusRow(id: string, part = 'a'): void {
  rows()
    .find((row) => row.dataset['id'] === id)
    ?.querySelector<HTMLElement>(part)
    ?.focus()
}

/** The next line, or the one before; the first where none has the focus. */
export function moveFocus(step: 1 | -1): void {
  const all = rows()
  const at = all.findIndex((row) => row.dataset['id'] === rowInFocus())
  const to = at === -1 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))
  all[to]?.querySelector<HTMLElement>('a')?.focus()
}
