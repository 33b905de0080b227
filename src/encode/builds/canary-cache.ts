import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { moveOver } from '../../platform/index.ts'

/** Canary hashes of encoders that were probed before. It only saves time: a hash counts for the very program that made it. */
export interface CanaryCache {
  /** @param print as `programPrint` has it */
  readonly find: (encoder: string, print: string) => Promise<string | undefined>
  /** A failure leaves the old file and is not an error. */
  readonly keep: (encoder: string, print: string, canary: string) => Promise<void>
}

const content = z.record(z.string(), z.object({ print: z.string(), canary: z.string().regex(/^[\da-f]{8}$/) }))

type Content = z.infer<typeof content>

async function read(file: string): Promise<Content> {
  try {
    return content.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return {}
  }
}

async function write(file: string, kept: Content): Promise<void> {
  const aside = `${file}.${randomUUID()}`
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeFile(aside, JSON.stringify(kept), { mode: 0o600 })
    await moveOver(aside, file)
  } catch {
    await rm(aside, { force: true }).catch(() => {})
  }
}

/** One file with the last hash of each encoder; missing and damaged are the same. */
export function createCanaryCache(file: string): CanaryCache {
  let writing: Promise<unknown> = Promise.resolve()
  return {
    find: async (encoder, print) => {
      const kept = (await read(file))[encoder]
      return kept?.print === print ? kept.canary : undefined
    },
    // One after the other: the encoders are probed beside each other.
    keep: async (encoder, print, canary) => {
      const next = writing.then(async () => write(file, { ...(await read(file)), [encoder]: { print, canary } }))
      writing = next
      await next
    }
  }
}
