import { execFile } from 'node:child_process'
import { mkdir, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')

/** The version that this one has to work with: the last one that was handed out. */
const EARLIER = '7adf261'

/** @throws Error with what to do where the checkout does not have it: a row that is only skipped tries nothing, and nobody is told. */
export async function findEarlier(): Promise<void> {
  await run('git', ['-C', root, 'cat-file', '-e', `${EARLIER}^{commit}`]).catch((error: unknown) => {
    const what = 'clone the repository with its history, or fetch that (`git fetch --unshallow`)'
    throw new Error(`this checkout does not have commit ${EARLIER}, the version before: ${what}`, { cause: error })
  })
}

/** Unpacks it into a folder, with the packages of this version. @returns the file of its program */
export async function earlierVersion(folder: string): Promise<string> {
  await findEarlier()
  await mkdir(folder, { recursive: true })
  const archive = join(folder, 'earlier.tar')
  await run('git', ['-C', root, 'archive', '--output', archive, EARLIER])
  await run('tar', ['-xf', archive, '-C', folder])
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  return join(folder, 'bin/grav1.js')
}
