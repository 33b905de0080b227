import { effect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { filter } from '../filter.ts'
import { watchFilm, type Film } from '../films.ts'
import { createCells, type Cells } from './cells.ts'
import type { Passes } from '../states.ts'

/** A cell for each scene. Its elements are its own business: 20,000 of them are changed in place, not compared. */
export function Grid({
  film,
  fps,
  passes,
  selected,
  open
}: {
  readonly film: Film
  readonly fps: number
  readonly passes: Passes
  readonly selected: number | undefined
  readonly open: (scene: number) => void
}) {
  const root = useRef<HTMLDivElement>(null)
  const cells = useRef<Cells | undefined>(undefined)
  const opened = useRef<number | undefined>(undefined)
  const now = useRef({ fps, passes, selected })
  now.current = { fps, passes, selected }

  useEffect(() => {
    if (root.current == null) return undefined
    const made = createCells(root.current)
    cells.current = made
    const update = (changed: ReadonlySet<number> | undefined): void =>
      made.update({ scenes: film.scenes, filter: filter.peek(), ...now.current }, changed)
    const size = new ResizeObserver(() => made.resize())
    size.observe(root.current)
    const stops = [
      effect(() => {
        void filter.value
        update(undefined)
      }),
      watchFilm(film, update),
      () => size.disconnect()
    ]
    return () => stops.forEach((stop) => stop())
  }, [film])

  useEffect(() => {
    cells.current?.update({ scenes: film.scenes, filter: filter.peek(), fps, passes, selected }, undefined)
  }, [film, fps, passes])
  useEffect(() => {
    cells.current?.update({ scenes: film.scenes, filter: filter.peek(), fps, passes, selected }, new Set())
    // The focus returns to the scene that was opened from here.
    if (selected == null && opened.current != null) cells.current?.cellOf(opened.current)?.focus()
    opened.current = opened.current == null ? undefined : selected
  }, [film, selected])

  const sceneOf = (target: EventTarget | null): number | undefined => {
    const scene = target instanceof Element ? target.closest<HTMLElement>('.cell')?.dataset['scene'] : undefined
    return scene == null ? undefined : Number(scene)
  }
  const focus = (cell: HTMLElement | undefined): void => {
    if (cell == null) return
    cells.current?.setCurrent(Number(cell.dataset['scene']))
    cell.focus()
  }

  return (
    <div
      ref={root}
      class="grid"
      role="group"
      aria-label="Scenes"
      onClick={({ target }) => {
        const scene = sceneOf(target)
        if (scene == null) return
        opened.current = scene
        open(scene)
      }}
      onFocusIn={({ target }) => {
        const scene = sceneOf(target)
        if (scene != null) cells.current?.setCurrent(scene)
      }}
      onKeyDown={(event) => {
        const { target } = event
        if (!(target instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) return
        const next = neighbourCell(target, event.key)
        if (next === undefined) return
        event.preventDefault()
        focus(next)
      }}
    />
  )
}

/** The shown cell beside, above or below one; undefined where the key is none of ours or there is no further cell. */
function neighbourCell(cell: HTMLElement, key: string): HTMLElement | undefined {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -2, ArrowDown: 2 }[key]
  if (step == null) return undefined
  let next = beside(cell, step < 0)
  if (Math.abs(step) === 1 || next == null) return next
  const { left } = cell.getBoundingClientRect()
  const row = cell.offsetTop
  // The next row begins where the height changes; in it, the cell of the same column or the last.
  while (next != null && next.offsetTop === row) next = beside(next, step < 0)
  const target = next?.offsetTop
  let best = next
  while (next != null && next.offsetTop === target) {
    if (
      Math.abs(next.getBoundingClientRect().left - left) < Math.abs((best ?? next).getBoundingClientRect().left - left)
    )
      best = next
    next = beside(next, step < 0)
  }
  return best
}

function beside(cell: HTMLElement, back: boolean): HTMLElement | undefined {
  let list: Element | null = cell.parentElement
  let next: Element | null = back ? cell.previousElementSibling : cell.nextElementSibling
  for (;;) {
    if (next instanceof HTMLElement && !next.hidden) return next
    if (next != null) next = back ? next.previousElementSibling : next.nextElementSibling
    else {
      const section: Element | null | undefined = back
        ? list?.parentElement?.previousElementSibling
        : list?.parentElement?.nextElementSibling
      if (section == null) return undefined
      list = section.lastElementChild
      next = (back ? list?.lastElementChild : list?.firstElementChild) ?? null
    }
  }
}
