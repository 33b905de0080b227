import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { moveOver } from '../../platform/index.ts'
import type { ProbeSums } from './project-probe.ts'

/** Earlier probes by their keys, in files of a folder of their own. It only saves time: a damaged or missing probe is made again. */
export interface ProbeCache {
  readonly load: (key: string) => Promise<ProbeSums | undefined>
  /** The oldest entries are deleted. A failure is not an error. */
  readonly save: (key: string, sums: ProbeSums) => Promise<void>
}

const FILES_MAX = 1000
const HASH = /^[0-9a-f]{64}$/

function parse(text: string): ProbeSums | undefined {
  const [frames = '', header = '', end] = text.split('\n')
  return HASH.test(frames) && HASH.test(header) && end === '' ? { frames, header } : undefined
}

async function makeRoom(folder: string): Promise<void> {
  const names = await readdir(folder)
  if (names.length < FILES_MAX) return
  const files = await Promise.all(
    names.map(async (name) => ({ name, mtimeMs: (await stat(join(folder, name))).mtimeMs }))
  )
  files.sort((a, b) => a.mtimeMs - b.mtimeMs)
  for (const { name } of files.slice(0, names.length - FILES_MAX + 1)) await rm(join(folder, name), { force: true })
}

export function createProbeCache(folder: string): ProbeCache {
  return {
    load: async (key) => parse(await readFile(join(folder, key), 'utf8').catch(() => '')),
    save: async (key, { frames, header }) => {
      const aside = join(folder, `${randomUUID()}.new`)
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await makeRoom(folder)
        await writeFile(aside, `${frames}\n${header}\n`, { mode: 0o600 })
        await moveOver(aside, join(folder, key))
      } catch {
        await rm(aside, { force: true }).catch(() => {})
      }
    }
  }
}
