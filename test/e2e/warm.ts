import { randomUUID } from 'node:crypto'
import { copyFile, mkdir, rename } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CANARIES_FILE } from '../../src/node/disk/file-names.ts'

/** What nodes of tests share, so that not each of them begins cold. It stays for the next run and may be deleted at any time. */
const cache = resolve(import.meta.dirname, '../../node_modules/.cache/grav1-test')
const kept = join(cache, CANARIES_FILE)

async function copyIfThere(from: string, to: string): Promise<void> {
  const aside = `${to}.${randomUUID()}`
  await copyFile(from, aside).then(
    async () => rename(aside, to),
    () => {}
  )
}

/** Spares a new node the canaries of encoders that an earlier one tried. A hash counts for the very program that made it, so other programs are tried all the same. */
export async function warmUp(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await copyIfThere(kept, join(dataDir, CANARIES_FILE))
}

/** Keeps what a node with the programs of this machine found. */
export async function keepWarm(dataDir: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  await copyIfThere(join(dataDir, CANARIES_FILE), kept)
}
