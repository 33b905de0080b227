import { randomBytes } from 'node:crypto'
import { createLiveEvents } from '../../api/events/index.ts'
import { createSceneReader } from '../../api/scene-json.ts'
import type { ApiPorts, EventsPort } from '../../api/ports.ts'
import type { LogBook } from '../../swarm/index.ts'
import type { Intake } from '../owner/intake.ts'

export interface EventsComponents extends Pick<ApiPorts, 'projects' | 'node' | 'scenes' | 'logs'> {
  readonly book: Pick<LogBook, 'onRecord' | 'onBeat'>
  readonly waiting: Pick<Intake, 'onChange'>
}

/** The live events of this run of the node: records and beats of the log book say which project changed. */
export function createEvents({ projects, node, scenes, logs, book, waiting }: EventsComponents): EventsPort {
  return createLiveEvents(
    {
      projects,
      node,
      sceneChangesOf: (snapshot) => createSceneReader(snapshot, scenes.attempts(snapshot.view.projectId)).change,
      onLine: logs.onLine,
      onProject: (listener) => {
        const ends = [
          book.onRecord(({ view }) => listener(view.projectId)),
          book.onBeat((beat) => listener(beat.projectId)),
          waiting.onChange(listener)
        ]
        return () => {
          for (const end of ends) end()
        }
      }
    },
    { boot: randomBytes(6).toString('hex') }
  )
}
