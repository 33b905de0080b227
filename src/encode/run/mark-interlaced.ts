import { expectSuccess, startProcess } from './process.ts'
import type { RunOptions } from './types.ts'

/** mkvmerge writes the order of the fields, but not that there are any, and players look at that first. The same file becomes the same bytes. @throws MediaError `join-failed` */
export async function markInterlaced(file: string, { signal }: RunOptions): Promise<void> {
  const edit = ['--quiet', file, '--edit', 'track:v1', '--set', 'interlaced=1']
  expectSuccess(await startProcess('mkvpropedit', edit, { signal }).ended, 'mkvpropedit', 'join-failed')
}
