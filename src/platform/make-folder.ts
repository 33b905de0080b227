import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

/**
 * Makes a folder, and those above it that are missing; one that is there stays as it is. Node's own way never ends where the system says that a folder is missing
 * in one that is there, as in `/proc`.
 * @param mode of the folders that are made. Default 0o777 without the user's mask
 * @throws the system's error
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  const make = async (): Promise<void> => mkdir(path, mode === undefined ? {} : { mode }).then(() => undefined)
  try {
    await make()
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return
    const above = dirname(path)
    if (codeOf(error) !== 'ENOENT' || above === path) throw error
    await makeFolder(above, mode)
    // Somebody else may have made it meanwhile.
    await make().catch((again: unknown) => {
      if (codeOf(again) !== 'EEXIST') throw again
    })
  }
}
