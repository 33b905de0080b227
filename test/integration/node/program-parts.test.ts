import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { program } from '../../fixtures/program.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

/** Prints each module that Node loads. */
const HOOK = `data:text/javascript,${encodeURIComponent(
  "import { registerHooks } from 'node:module'; registerHooks({ load: (url, context, next) => (process._rawDebug('loads', url), next(url, context)) })"
)}`

/** Stands in libp2p's code, and in the one file that it is in. */
const OF_LIBP2P = 'class Libp2pRecord'

async function loadedBy(args: readonly string[]): Promise<readonly string[]> {
  const { stderr } = await execa(process.execPath, ['--import', HOOK, program, ...args], {
    reject: false,
    stdin: 'ignore'
  })
  return [...stderr.matchAll(/^loads (file:.*)$/gm)].map(([, url = '']) => fileURLToPath(url))
}

test.each([
  ['--help'],
  ['status', '--api', 'http://127.0.0.1:1', '--token', 'none'],
  ['top', '--help'],
  ['node', '--help']
])('%s loads a few files, and libp2p is in none of them', async (...args) => {
  const files = await loadedBy(args)
  expect(files.length).toBeGreaterThan(3)
  expect(files.length).toBeLessThan(100)
  const texts = await Promise.all(files.map(async (file) => readFile(file, 'utf8')))
  expect(texts.filter((text) => text.includes('class Libp2p ')).length).toBe(0)
})

test('libp2p is in one file of the program', async () => {
  const parts = join(dirname(program), '../dist/parts')
  const files = (await readdir(parts)).map((name) => join(parts, name))
  const texts = await Promise.all(files.map(async (file) => readFile(file, 'utf8')))
  expect(texts.filter((text) => text.includes(OF_LIBP2P)).length).toBe(1)
})

test('the program keeps what Node compiled in the cache folder of the user, and does without it', async () => {
  const folder = await tempDir()
  const { NODE_COMPILE_CACHE: _, ...env } = process.env
  const start = async (cache: string) =>
    execa(process.execPath, [program, '--version'], {
      env: { ...env, HOME: folder, XDG_CACHE_HOME: cache },
      extendEnv: false,
      stdin: 'ignore'
    })
  const [kept, file] = [join(folder, 'kept'), join(folder, 'file')]
  await mkdir(kept)
  await writeFile(file, '')
  const { stdout } = await start(kept)
  expect(await readdir(join(kept, 'grav1/compiled'))).toHaveLength(1)
  expect((await start(file)).stdout).toBe(stdout)
})
