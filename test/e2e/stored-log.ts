import { join } from 'node:path'
import { openDatabase } from '../../src/storage/index.ts'
import { openRecord } from '../../src/swarm/log/open-record.ts'
import type { LogRecord } from '../../src/swarm/protocol/index.ts'

/** What a stopped node holds of a project: its records, their hashes, and how many proofs of forks of any project. */
export async function stored(
  dataDir: string,
  id: string
): Promise<{ log: LogRecord[]; hashes: string[]; proofs: number }> {
  const database = await openDatabase(join(dataDir, 'db'))
  try {
    const log: LogRecord[] = []
    const hashes: string[] = []
    for await (const { projectId, envelope } of database.log.all()) {
      if (projectId !== id) continue
      const { signed } = await openRecord(envelope)
      log.push(signed.record)
      hashes.push(signed.hash)
    }
    return { log, hashes, proofs: (await database.log.proofs()).length }
  } finally {
    await database.close()
  }
}
