import { expect, test } from 'vitest'
import { createJobFile } from '../../../../src/node/owner/job-file.ts'
import { silent } from '../../../fixtures/swarm-node.ts'
import type { OwnedJob } from '../../../../src/node/owner/job.ts'
import type { StoredProject } from '../../../../src/storage/index.ts'

test('once a film has ended, the times of its frames are neither on the disk nor in memory', async () => {
  const stored: StoredProject[] = []
  const own = { put: async (project: StoredProject) => void stored.push(project) }
  const guard = { report: () => false, whenThereIsSpace: async () => {} }
  const job = { output: '/film.mkv' } as OwnedJob
  const file = createJobFile({ own, guard, log: silent }, { projectId: 'a', job, timestampsMs: [0, 40] })
  await file.save()
  await file.saveEnded()
  expect(stored.map(({ timestampsMs }) => timestampsMs)).toEqual([[0, 40], undefined])
  expect(file.timestampsMs).toBeUndefined()
  expect(file.job).toBe(job)
})
