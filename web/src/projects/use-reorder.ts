import { useCallback, useRef, useState } from 'preact/hooks'
import { mayChange } from '../session/session.ts'
import { toastError } from '../ui/toasts.tsx'
import { setPriority } from './commands.ts'
import { turnsFor } from './reorder.ts'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

/** Moves films in their line, by a drag or by steps. */
export interface Reorder {
  /** The list is in the order of turns, and may be changed. */
  readonly isOn: boolean
  /** The film that is dragged, and the one that it would come before. */
  readonly dragged: string | undefined
  readonly over: string | undefined
  readonly drag: (projectId: string | undefined) => void
  readonly hover: (projectId: string | undefined) => void
  readonly drop: (before: string | undefined) => void
  /** One place up (-1) or down. */
  readonly step: (projectId: string, by: 1 | -1) => void
}

/** @param list the films as they are shown */
export function useReorder(list: readonly ProjectStatus[], isByTurn: boolean): Reorder {
  const [dragged, drag] = useState<string>()
  const [over, hover] = useState<string>()
  const isOn = isByTurn && mayChange.value
  const open = list.filter(({ endedAtMs }) => endedAtMs == null)

  async function move(moved: string, before: string | undefined): Promise<void> {
    try {
      for (const { projectId, priority } of turnsFor(open, moved, before)) await setPriority(projectId, priority)
    } catch (error) {
      toastError('The order was not changed', error)
    }
  }

  function drop(before: string | undefined): void {
    if (dragged !== undefined && isOn) void move(dragged, before)
    drag(undefined)
    hover(undefined)
  }

  function step(projectId: string, by: 1 | -1): void {
    const at = open.findIndex((one) => one.projectId === projectId)
    if (!isOn || at === -1) return
    const place = by === -1 ? at - 1 : at + 2
    if (place >= 0) void move(projectId, open[place]?.projectId)
  }

  // A line of the list is drawn again only where what it gets is another.
  const newest = useRef(drop)
  newest.current = drop
  const dropHere = useCallback((before: string | undefined) => newest.current(before), [])
  return { isOn, dragged, over, drag, hover, drop: dropHere, step }
}
