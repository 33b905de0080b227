import { expect, test } from 'vitest'
import { createOwnSources, releaseWithProjects } from '../../../../src/node/uploads/own-sources.ts'
import type { OwnerService } from '../../../../src/node/owner/owner-service.ts'
import type { LogBook, LogChange } from '../../../../src/swarm/index.ts'
import { createListeners } from '../../../../src/common/listeners.ts'
import { silent } from '../../../fixtures/swarm-node.ts'

const SELF = 'this-node'

const views = (...all: { projectId: string; owner: string; end?: { state: string } }[]): LogBook['views'] =>
  new Map(all.map((view) => [view.projectId, view])) as unknown as LogBook['views']

/** What a submission that waits names. */
const WAITED = '/films/waited.mkv'

const owner = {
  jobOf: (projectId: string) => ({ source: { path: `/films/${projectId}.mkv` } }),
  waiting: { list: () => [{ submission: { options: { input: WAITED } } }] }
} as unknown as Pick<OwnerService, 'jobOf' | 'waiting'>

test('the source of an own project counts until the project is removed', () => {
  const isSource = createOwnSources({
    self: SELF,
    book: {
      views: views(
        { projectId: 'running', owner: SELF },
        { projectId: 'completed', owner: SELF, end: { state: 'completed' } },
        { projectId: 'removed', owner: SELF, end: { state: 'removed' } },
        { projectId: 'foreign', owner: 'another' }
      )
    },
    owner
  })
  const names = ['running', 'completed', 'removed', 'foreign', 'unknown']
  expect(names.filter((name) => isSource(`/films/${name}.mkv`))).toEqual(['running', 'completed'])
  expect(isSource(WAITED)).toBe(true)
})

test('an upload is released when this node writes the removal, not when it hears of one', () => {
  const records = createListeners<LogChange>()
  const released: string[] = []
  releaseWithProjects({
    book: { onRecord: records.add },
    owner,
    uploads: { release: async (path) => void released.push(path) },
    log: silent
  })
  const change = (projectId: string, own: boolean, state?: string): void =>
    records.tell({ own, view: { projectId, end: state == null ? undefined : { state } } } as unknown as LogChange)
  change('running', true)
  change('failed', true, 'failed')
  change('elsewhere', false, 'removed')
  change('gone', true, 'removed')
  expect(released).toEqual(['/films/gone.mkv'])
})
