import type { Level } from 'level'
import { BUCKETS } from './buckets.ts'
import type { LogRepository } from '../ports.ts'

export function createLogRepository(level: Level<string, Uint8Array>): LogRepository {
  const bucket = level.sublevel<string, Uint8Array>(BUCKETS.log, { keyEncoding: 'utf8', valueEncoding: 'view' })
  return {
    append: async (projectId, seq, envelope, { durable }) =>
      bucket.put(key(projectId, seq), envelope, { sync: durable } as object),
    async *all() {
      for await (const [name, envelope] of bucket.iterator())
        yield { projectId: name.slice(0, name.indexOf('!')), envelope }
    },
    range: async (projectId, fromSeq, { recordsMax, bytesMax }) => {
      const envelopes: Uint8Array[] = []
      let bytes = 0
      for await (const envelope of bucket.values({
        gte: key(projectId, fromSeq),
        lt: `${projectId}"`,
        limit: recordsMax
      })) {
        bytes += envelope.byteLength
        if (bytes > bytesMax && envelopes.length > 0) break
        envelopes.push(envelope)
      }
      return envelopes
    }
  }
}

function key(projectId: string, seq: number): string {
  return `${projectId}!${String(seq).padStart(10, '0')}`
}
