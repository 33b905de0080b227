#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 12)) {
  console.error(
    `grav1 needs Node 24.12 or later, this is Node ${process.versions.node}. In a clone, use "npm run grav1 -- ...".`
  )
  process.exit(1)
}
// npm starts its scripts in the clone's folder; paths are meant from where the user is.
if (process.env.npm_lifecycle_event === 'grav1' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD)
const { enableCompileCache } = await import('node:module')
enableCompileCache()
const { existsSync } = await import('node:fs')
const built = new URL('../dist/node/main.js', import.meta.url)
const source = new URL('../src/node/main.ts', import.meta.url)
const { main } = await import(existsSync(source) ? source.href : built.href)
process.exitCode = await main(process.argv.slice(2))
