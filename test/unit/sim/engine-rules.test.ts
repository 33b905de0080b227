import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const folder = new URL('../../sim/engine/', import.meta.url)

/** What would make two runs of a seed differ, or tie the engine to the program. */
const FORBIDDEN =
  /\b(Date|performance|setTimeout|setInterval|setImmediate|queueMicrotask|Promise|async|await|process\.(env|hrtime|nextTick))\b|Math\.random|crypto/

test('the engine has no clock, chance or wait of its own and imports only itself', () => {
  const files = readdirSync(folder)
  expect(files.length).toBeGreaterThan(10)
  for (const file of files) {
    const source = readFileSync(new URL(file, folder), 'utf8')
    expect(source.match(FORBIDDEN)?.[0], file).toBeUndefined()
    for (const [, from] of source.matchAll(/from '([^']+)'/g)) expect(from, file).toMatch(/^\.\/[a-z-]+\.ts$/)
  }
})
