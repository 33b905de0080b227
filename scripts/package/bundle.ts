import { rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import { noticesOf } from './notices.ts'

const root = resolve(import.meta.dirname, '../..')

/** They stay packages: the first is native code, the second has a licence that asks for its own files (ADR 0142). */
const OUTSIDE = ['level', 'mediabunny']

/**
 * Makes the program of few files: `main.js`, the program of node-av `av.js`, parts that only some commands load, and the licences of what is inside.
 * Without source maps: names and lines stay readable, and Node would read megabytes at each start.
 *
 * @param folder - what it held before is removed
 */
export async function bundle(folder: string): Promise<void> {
  const build = await rolldown({
    cwd: root,
    platform: 'node',
    input: { main: 'src/node/main.ts', av: 'src/encode/programs/av/main.ts' },
    // Ink asks for the second only where DEV is set.
    external: [...OUTSIDE, 'react-devtools-core'],
    transform: { target: 'node24', define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' } }
  })
  try {
    await rm(folder, { recursive: true, force: true })
    const { output } = await build.write({
      dir: folder,
      format: 'esm',
      chunkFileNames: 'parts/[name].js',
      comments: false
    })
    const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))
    await writeFile(join(folder, 'THIRD-PARTY.txt'), await noticesOf(modules))
  } finally {
    await build.close()
  }
}

if (import.meta.main) await bundle(join(root, 'dist'))
