#!/usr/bin/env node
const { existsSync } = await import('node:fs')
const source = new URL('../src/node/main.ts', import.meta.url)
const isClone = existsSync(source)
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 12)) {
  const how = isClone
    ? ['In a clone, use "npm run grav1 -- ...".']
    : [
        'Install a later Node, then run the same command again:',
        '  macOS           brew install node',
        '  Debian, Ubuntu  curl -fsSL https://deb.nodesource.com/setup_24.x | sudo bash - && sudo apt-get install -y nodejs',
        '  others          https://nodejs.org/en/download',
        'Or leave this Node as it is, and let npm fetch another one for grav1 alone:',
        '  npx --yes -p node@24 -p grav1 grav1 --help'
      ]
  console.error([`grav1 needs Node 24.12 or later, this is Node ${process.versions.node}.`, ...how].join('\n'))
  process.exit(1)
}
// npm starts its scripts in the clone's folder; paths are meant from where the user is.
if (process.env.npm_lifecycle_event === 'grav1' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD)
const { enableCompileCache } = await import('node:module')
const { homedir } = await import('node:os')
const { join } = await import('node:path')
/** Where a user of this system keeps what may be deleted. Throws for a user without a home folder. */
const cacheFolder = () => {
  const { env, platform } = process
  if (platform === 'darwin') return join(homedir(), 'Library/Caches/grav1')
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData/Local'), 'grav1/Cache')
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'grav1')
}
try {
  // Node goes on without it where the folder cannot be written; NODE_COMPILE_CACHE names another one.
  enableCompileCache(join(cacheFolder(), 'compiled'))
} catch {
  enableCompileCache()
}
const built = new URL('../dist/main.js', import.meta.url)
const { main } = await import(isClone ? source.href : built.href)
process.exitCode = await main(process.argv.slice(2))
// All is done and closed; timers that libraries leave behind would keep the process for seconds. What was printed goes out first.
process.stdout.write('', () => process.stderr.write('', () => process.exit()))
