import { createHash, randomBytes } from 'node:crypto'
import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createOutputFiles } from '../../../../../src/node/http/files/output-files.ts'
import { viewOf } from '../../../../fixtures/api-bench.ts'
import { OWNER, PROJECT, WORKER } from '../../../../fixtures/protocol-samples.ts'
import { tempDir } from '../../../../fixtures/temp-dir.ts'
import type { OwnedJob } from '../../../../../src/node/owner/job.ts'

const LONG_AGO = new Date(1_000_000)

async function house(owner = OWNER) {
  const path = join(await tempDir(), 'film.mkv')
  const data = randomBytes(1000)
  await writeFile(path, data)
  await utimes(path, LONG_AGO, LONG_AGO)
  const sha256 = createHash('sha256').update(data).digest('hex')
  const end = { outputSha256: sha256, outputBytes: data.length, endedAtMs: LONG_AGO.getTime() + 5 }
  const view = { ...viewOf({ end }), owner }
  const files = createOutputFiles({
    peerId: OWNER,
    book: { views: new Map([[PROJECT, view]]) },
    owner: { jobOf: (id) => (id === PROJECT ? ({ output: path } as OwnedJob) : undefined) }
  })
  return { path, data, sha256, view, files }
}

test('is found by its hash as it was written', async () => {
  const { path, sha256, view, files } = await house()
  expect(await files.find(sha256)).toEqual({ path, bytes: 1000 })
  expect(await files.of(view)).toEqual({ path, bytes: 1000 })
  expect(await files.find('0'.repeat(64))).toBeUndefined()
})

test('one that was copied back is found, one that was changed is not', async () => {
  const { path, data, sha256, files } = await house()
  await writeFile(path, data)
  expect(await files.find(sha256)).toEqual({ path, bytes: 1000 })
  data.writeUInt8(data.readUInt8(500) ^ 1, 500)
  await writeFile(path, data)
  // Another time of change, whatever the clock's steps are.
  await utimes(path, new Date(), new Date(Date.now() + 60_000))
  expect(await files.find(sha256)).toBeUndefined()
})

test.for(['longer', 'gone', 'a folder'] as const)('one that is %s is not', async (how) => {
  const { path, sha256, files } = await house()
  if (how === 'longer') await writeFile(path, randomBytes(1001))
  if (how === 'gone') await rename(path, `${path}.away`)
  if (how === 'a folder') {
    await rm(path)
    await mkdir(path)
  }
  expect(await files.find(sha256)).toBeUndefined()
})

test('of a project of another node none is looked for', async () => {
  const { sha256, files } = await house(WORKER)
  expect(await files.find(sha256)).toBeUndefined()
})
