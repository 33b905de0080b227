import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** sha-256 of a file as lower-case hex. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
