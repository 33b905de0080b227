import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { MediaError } from './errors.ts'

/** How to get the tools on Debian and Ubuntu. */
export const INSTALL_LINE = 'apt install ffmpeg aom-tools vpx-tools svt-av1 mkvtoolnix'

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** The absolute path of a program on PATH; undefined where it is not installed. */
export function lookUpProgram(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name)).find(isProgram)
}

/** @throws MediaError `tool-missing`, with the line that installs it */
export function requireProgram(name: string): string {
  const path = lookUpProgram(name)
  if (path === undefined) throw new MediaError('tool-missing', `${name} is not installed: ${INSTALL_LINE}`)
  return path
}
