import { TWO_PASSES } from '../../../../src/common/scene-progress.ts'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { watchProjectEnds, type ProjectEnd } from '../../../../src/node/hooks/project-ends.ts'
import { viewOf } from '../../../fixtures/api-bench.ts'
import { OWNER, WORKER } from '../../../fixtures/protocol-samples.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'
import type { ProjectSnapshot } from '../../../../src/api/ports.ts'
import type { LogChange } from '../../../../src/swarm/index.ts'
import type { EndState, LogRecord, ProjectView } from '../../../../src/swarm/protocol/index.ts'

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

function createBook() {
  const views = new Map<string, ProjectView>()
  const listeners = new Set<(change: LogChange) => void>()
  const told: ProjectEnd[] = []
  return {
    views,
    told,
    end: (projectId: string, state: EndState = 'completed', owner = OWNER, endedAtMs = Date.now()) => {
      const view = { ...viewOf({ projectId, end: { state, endedAtMs } }), owner }
      views.set(projectId, view)
      const record = { projectId, body: { type: 'end', end: view.end } } as LogRecord
      const change: LogChange = { view, record, envelope: new Uint8Array(), own: true, proof: undefined }
      for (const listener of listeners) listener(change)
    },
    watch: async (file: string) =>
      watchProjectEnds(
        {
          self: OWNER,
          book: {
            views,
            onRecord: (listener) => {
              listeners.add(listener)
              return () => listeners.delete(listener)
            }
          },
          projects: {
            get: (projectId) => {
              const view = views.get(projectId)
              return view == null
                ? undefined
                : ({ view, beat: undefined, own: true, work: TWO_PASSES } as ProjectSnapshot)
            }
          },
          log
        },
        { file, tell: async (end) => void told.push(end) }
      )
  }
}

describe('ends of own projects', () => {
  it('are told once each, whatever is heard again', async () => {
    const book = createBook()
    const stop = await book.watch(join(await tempDir(), 'told.json'))
    book.end('a')
    book.end('a')
    book.end('b', 'failed')
    book.end('c', 'cancelled')
    book.end('removed', 'removed')
    book.end('of another', 'completed', WORKER)
    await stop()
    expect(book.told.map(({ event, project }) => `${project.projectId} ${event}`)).toEqual([
      'a project.completed',
      'b project.failed',
      'c project.cancelled'
    ])
  })

  it('that the node was killed at are told after its start, older ones are not', async () => {
    const file = join(await tempDir(), 'told.json')
    const book = createBook()
    book.end('before anybody wanted to know', 'completed', OWNER, Date.now() - 1000)
    const first = await book.watch(file)
    book.end('told')
    await first()
    book.end('killed at')
    const second = await book.watch(file)
    await second()
    const third = await book.watch(file)
    await third()
    expect(book.told.map(({ project }) => project.projectId)).toEqual(['told', 'killed at'])
  })
})
