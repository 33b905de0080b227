import { effect, signal } from '@preact/signals'
import { leading } from '../live/index.ts'
import { projects } from '../store.ts'
import { toast } from './toasts.tsx'
import { endsSince } from './ends.ts'
import { plainSentence } from './sentence.tsx'
import type { ProjectState } from '../../../src/api/schemas/index.ts'

const KEY = 'grav1-notify'

const canNotify = typeof Notification === 'function'
const isOn = signal(canNotify && Notification.permission === 'granted' && localStorage.getItem(KEY) === 'on')

/** Tells of each project that ends, in one tab only, where the user asked for it. */
export function notifyOfEnds(): void {
  let before: ReadonlyMap<string, ProjectState> = new Map()
  effect(() => {
    const ends = endsSince(before, projects.value.values())
    before = new Map([...projects.value.values()].map(({ projectId, state }) => [projectId, state]))
    if (!isOn.value || !leading.value) return
    for (const { projectId, title, state, reason } of ends) {
      const notification = new Notification(state === 'completed' ? `${title} is done` : `${title} failed`, {
        body: plainSentence(reason),
        tag: `${projectId} ${state}`
      })
      notification.onclick = () => {
        focus()
        location.hash = `#/project/${encodeURIComponent(projectId)}`
      }
    }
  })
}

async function turn(on: boolean): Promise<void> {
  if (on && (await Notification.requestPermission()) !== 'granted') {
    toast({
      kind: 'error',
      text: 'The browser blocks notifications from this page. Allow them in the browser’s settings for this site, next to the address.'
    })
    return
  }
  isOn.value = on
  localStorage.setItem(KEY, on ? 'on' : 'off')
}

/** Asks for notifications; absent where the browser has none to give. */
export function NotifyButton() {
  if (!canNotify) return null
  return (
    <button type="button" class="quiet" aria-pressed={isOn.value} onClick={() => void turn(!isOn.value)}>
      Notify me at the end
    </button>
  )
}
