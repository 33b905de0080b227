import { fewerSlotsText, restWords } from '../../api/manners/index.ts'
import { clockTime } from '../../common/clock-time.ts'
import type { MannersWatch } from '../manners/manners.ts'
import type { Absence } from '../owner/absence.ts'
import type { WorkerService } from '../worker/worker-service.ts'
import type { Chronicle } from './chronicle.ts'

export interface WatchMachineComponents {
  readonly chronicle: Pick<Chronicle, 'note'>
  readonly absence: Pick<Absence, 'leftMs' | 'onChange'>
  readonly manners: Pick<MannersWatch, 'rest' | 'onChange'>
  readonly worker: Pick<WorkerService, 'fewerSlots' | 'onFewerSlots'>
}

/** Notes when this machine sleeps and wakes, when it is wanted for something else, and when its memory is short. @returns a function that ends it */
export function watchMachine(
  { chronicle, absence, manners, worker }: WatchMachineComponents,
  nowMs = Date.now
): () => void {
  let isOver = false
  const note: typeof chronicle.note = (happening) => {
    if (!isOver) chronicle.note(happening)
  }
  absence.onChange((change) => {
    if (change === 'slept') return note({ kind: 'awake', text: 'This machine was asleep and is awake again' })
    if (change === 'over') return note({ kind: 'awake', text: 'This machine stays awake after all' })
    const until = clockTime(nowMs() + (absence.leftMs() ?? 0), nowMs())
    note({ kind: 'sleep', text: `This machine is going to sleep until ${until}` })
  })
  manners.onChange(() => {
    const { rest } = manners
    if (rest === undefined) return note({ kind: 'rest-over', text: 'Encoding continues: this machine is free again' })
    const words = restWords({ ...rest, untilMs: rest.untilMs ?? null }, nowMs())
    note({ kind: 'rest', text: `Encoding is paused${words}` })
  })
  worker.onFewerSlots(() => {
    const fewer = worker.fewerSlots()
    if (fewer !== undefined)
      note({ kind: 'fewer-slots', text: `This node encodes with ${fewerSlotsText(fewer, nowMs())}` })
  })
  return () => {
    isOver = true
  }
}
