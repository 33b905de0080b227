import { mayChange } from '../session/session.ts'
import { toastError } from '../ui/toasts.tsx'
import { setPriority } from './commands.ts'

export interface PriorityBoxProps {
  readonly projectId: string
  readonly title: string
  readonly priority: number
  readonly isOver: boolean
}

async function change(box: HTMLInputElement, { projectId, title, priority }: PriorityBoxProps): Promise<void> {
  const wanted = box.valueAsNumber
  if (!Number.isFinite(wanted)) box.value = String(priority)
  if (!Number.isFinite(wanted) || wanted === priority) return
  try {
    await setPriority(projectId, wanted)
  } catch (error) {
    box.value = String(priority)
    toastError(`The priority of ${title} was not changed`, error)
  }
}

/** A project's priority, changed where it is shown. */
export function PriorityBox(props: PriorityBoxProps) {
  const { title, priority, isOver } = props
  if (isOver) return <span>{priority}</span>
  return (
    <input
      class="priority"
      type="number"
      step="any"
      aria-label={`Priority of ${title}, lower is sooner`}
      title="Lower is sooner"
      value={priority}
      disabled={!mayChange.value}
      onChange={({ currentTarget }) => void change(currentTarget, props)}
    />
  )
}
