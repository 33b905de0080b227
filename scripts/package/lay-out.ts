import { cp, mkdir, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { bundle } from './bundle.ts'

const root = resolve(import.meta.dirname, '../..')

/** A program that runs without the sources. */
export interface LaidOutProgram {
  /** The file to start. */
  readonly file: string
  /** Makes it again, from sources that have changed. */
  readonly remake: () => Promise<void>
}

/**
 * Lays out what the package holds of the program.
 *
 * @param folder - is created; within the checkout, where Node finds the packages that are not bundled
 */
export async function layOutProgram(folder: string): Promise<LaidOutProgram> {
  await mkdir(folder, { recursive: true })
  for (const name of ['bin', 'package.json']) await cp(join(root, name), join(folder, name), { recursive: true })
  await symlink(join(root, 'web'), join(folder, 'web'))
  const remake = async (): Promise<void> => bundle(join(folder, 'dist'))
  await remake()
  return { file: join(folder, 'bin/grav1.js'), remake }
}
