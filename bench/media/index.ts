import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

// Runs the files of this folder that are named, or all of them, one after the other: `npm run bench:media -- join`.
const folder = import.meta.dirname
const figures = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && name !== 'index.ts')
  .map((name) => name.slice(0, -'.ts'.length))
const named = process.argv.slice(2)
const unknown = named.filter((name) => !figures.includes(name))
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}; there are ${figures.join(', ')}.`)
  process.exitCode = 2
} else {
  for (const name of named.length > 0 ? named : figures) {
    const { status } = spawnSync(process.execPath, ['--expose-gc', join(folder, `${name}.ts`)], { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
}
