import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lookUpProgram } from '../../encode/index.ts'

/** Where Node's own installers put npm, from the folder of the Node that runs. */
const BESIDE_NODE = ['../lib/node_modules/npm/bin/npm-cli.js', 'node_modules/npm/bin/npm-cli.js']

/** The words that start npm: the one that came with this Node, otherwise the one on PATH. Undefined where there is none. */
export function npmWords(): readonly [string, ...string[]] | undefined {
  const folder = dirname(process.execPath)
  const script = BESIDE_NODE.map((path) => join(folder, path)).find((path) => existsSync(path))
  if (script !== undefined) return [process.execPath, script]
  const program = lookUpProgram('npm')
  return program === undefined ? undefined : [program]
}
