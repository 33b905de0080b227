import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

function folderAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const above = dirname(folder)
  if (above === folder) throw new Error('grav1 has no package.json')
  return folderAbove(above)
}

/** The folder with grav1's package.json: the clone, or the installed package. The build moves modules into a few files, so the places of other files are named from here and not from a module. */
export const programFolder: string = folderAbove(import.meta.dirname)
