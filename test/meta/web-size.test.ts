import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { expect, test } from 'vitest'
import { tempDir } from '../fixtures/temp-dir.ts'

const WEB = resolve(import.meta.dirname, '../../web')
const KB = 1000
/** What a browser fetches before it shows anything; the rest comes when it is asked for. */
const FIRST_LOAD_KB_MAX = 45

test('the web client loads little at first', async () => {
  const outDir = await tempDir()
  await build({ configFile: join(WEB, 'vite.config.ts'), logLevel: 'silent', build: { outDir, emptyOutDir: true } })
  const page = await readFile(join(outDir, 'index.html'), 'utf8')
  const files = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, file]) => file ?? '')
  expect(files.filter((file) => file.endsWith('.js')).length).toBeGreaterThan(0)
  const sizes = await Promise.all(
    ['index.html', ...files].map(async (file) => gzipSync(await readFile(join(outDir, file))).length)
  )
  const kb = sizes.reduce((sum, size) => sum + size, 0) / KB
  console.log(`first load of the web client: ${kb.toFixed(1)} kB with gzip`)
  expect(kb).toBeLessThan(FIRST_LOAD_KB_MAX)
})
