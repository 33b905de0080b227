import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProgram, installLine } from '../../platform/index.ts'
import { MediaError } from './errors.ts'

/** How to get the tools on this machine. */
export const INSTALL_LINE: string = installLine()

/** An npm package with FFmpeg in it, which `av/main.ts` makes a program of; not one of this package's own dependencies. */
const NODE_AV = 'node-av'

/** Where the package is: in the folder that the environment names, otherwise beside this program. */
function lookUpNodeAv(): string | undefined {
  const folder = process.env['GRAV1_NODE_AV']
  try {
    return createRequire(folder ? resolve(folder, 'from-here.js') : import.meta.url).resolve(`${NODE_AV}/lib`)
  } catch {
    return undefined
  }
}

/** The absolute path of a program on PATH, or of what makes it one; undefined where it is not installed. */
export function lookUpProgram(name: string): string | undefined {
  return name === NODE_AV ? lookUpNodeAv() : findProgram(name)
}

/** Heap of the JavaScript in the program that `av/main.ts` is; pictures are not in it. */
const AV_HEAP_MIB = 256

/**
 * The words that start a program, before its own arguments.
 * @throws MediaError `tool-missing`, with the line that installs it
 */
export function programWords(name: string): readonly [string, ...string[]] {
  const path = lookUpProgram(name)
  if (path === undefined) {
    const line = name === NODE_AV ? `npm install ${NODE_AV}` : installLine([name])
    throw new MediaError('tool-missing', `${name} is not installed: ${line}`)
  }
  if (name !== NODE_AV) return [path]
  const script = new URL(import.meta.url.endsWith('.ts') ? './av/main.ts' : './av/main.js', import.meta.url)
  return [process.execPath, `--max-old-space-size=${AV_HEAP_MIB}`, fileURLToPath(script), path]
}
