import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Lock, publishedLock } from './published-lock.ts'

/** Runs as `prepack`: npm puts the file into the package, and `postpack` removes it, because npm would prefer it to package-lock.json here. */
const root = join(import.meta.dirname, '../..')
const lock: Lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))
await writeFile(join(root, 'npm-shrinkwrap.json'), `${JSON.stringify(publishedLock(lock), null, 2)}\n`)
