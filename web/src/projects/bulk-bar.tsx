import { useState } from 'preact/hooks'
import { mayChange } from '../session/session.ts'
import { sentenceOf, toast } from '../ui/toasts.tsx'
import { cancel, setPriority } from './commands.ts'
import { deleteLater } from './deletion.ts'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

export interface BulkBarProps {
  readonly projects: readonly ProjectStatus[]
  readonly onClear: () => void
}

/** Does the same to several projects, one after the other, and says which of them refused. */
async function forEach(
  what: string,
  projects: readonly ProjectStatus[],
  run: (id: string) => Promise<void>
): Promise<void> {
  const refused: string[] = []
  for (const { projectId, title } of projects) {
    try {
      await run(projectId)
    } catch (error) {
      refused.push(`${title}: ${sentenceOf(error)}`)
    }
  }
  if (refused.length > 0) toast({ kind: 'error', text: `${what}: ${refused.join(' ')}` })
}

/** What can be done with all that are selected. */
export function BulkBar({ projects, onClear }: BulkBarProps) {
  const [priority, setText] = useState('0')
  const open = projects.filter(({ endedAtMs }) => endedAtMs == null)
  const isBad = priority.trim() === '' || !Number.isFinite(Number(priority))
  return (
    <form
      class="bulk"
      aria-label="With the selected projects"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBad) void forEach('Priority not changed', open, async (id) => setPriority(id, Number(priority)))
      }}
    >
      <strong>{projects.length} selected</strong>
      <label>
        Priority{' '}
        <input
          type="number"
          step="any"
          value={priority}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={!mayChange.value || isBad || open.length === 0}>
        Set
      </button>
      <button
        type="button"
        disabled={!mayChange.value || open.length === 0}
        onClick={() => void forEach('Not cancelled', open, cancel)}
      >
        Cancel{open.length > 0 && ` ${open.length}`}
      </button>
      <button
        type="button"
        class="danger"
        disabled={!mayChange.value}
        onClick={() => {
          deleteLater(projects)
          onClear()
        }}
      >
        Delete {projects.length}
      </button>
      <button type="button" class="quiet" onClick={onClear}>
        Select none
      </button>
    </form>
  )
}
