import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'

/**
 * Puts the upload library into the built file that uses it (ADR 0100): as a dependency it would bring two Redis clients of 10 MB.
 * Runs after tsc. The licences of what went in stand on top.
 */
const root = join(import.meta.dirname, '../..')
const folder = join(root, 'dist/node/uploads')
const file = join(folder, 'tus.js')

async function noticeOf(name: string): Promise<string> {
  const from = join(root, 'node_modules', name)
  const { version, license }: { version: string; license: string } = JSON.parse(
    await readFile(join(from, 'package.json'), 'utf8')
  )
  const licence = (await readdir(from)).find((entry) => /^licen[cs]e/i.test(entry))
  const text = licence === undefined ? '' : await readFile(join(from, licence), 'utf8')
  return `${name} ${version}, ${license}\n\n${text.trim()}`.trim().replaceAll('*/', '* /')
}

const built = await build({
  configFile: false,
  root,
  logLevel: 'warn',
  ssr: { noExternal: true },
  build: {
    ssr: file,
    outDir: folder,
    emptyOutDir: false,
    minify: false,
    target: 'node24',
    rolldownOptions: {
      // grav1's own files beside it.
      external: (id, importer) => id.startsWith('./') && importer?.startsWith(folder) === true,
      output: { entryFileNames: 'tus.js' }
    }
  }
})
const modules = [built].flat().flatMap((one) => ('output' in one ? one.output : []))
const paths = modules.flatMap((one) => (one.type === 'chunk' ? one.moduleIds : []))
const names = paths.flatMap((path) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])
const notices = await Promise.all([...new Set(names)].sort().map(noticeOf))
await writeFile(file, `/*\nThis file contains:\n\n${notices.join('\n\n----\n\n')}\n*/\n${await readFile(file, 'utf8')}`)
