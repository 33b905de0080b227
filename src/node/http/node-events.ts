import { randomBytes } from 'node:crypto'
import { createLiveEvents, type LiveEvents } from '../../api/events/index.ts'
import { createSceneReader } from '../../api/scene-json.ts'
import type { ApiModules } from '../../api/modules.ts'
import type { LogBook } from '../../swarm/index.ts'
import type { Intake } from '../owner/intake.ts'

export type NodeEventsComponents = Pick<ApiModules, 'projects' | 'node' | 'scenes' | 'logs'> & {
  readonly book: Pick<LogBook, 'onRecord' | 'onBeat'>
  readonly waiting: Pick<Intake, 'onChange'>
}

/** The live events of this run of the node: records and beats of the log book say which project changed. */
export function createNodeEvents({ projects, node, scenes, logs, book, waiting }: NodeEventsComponents): LiveEvents {
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
