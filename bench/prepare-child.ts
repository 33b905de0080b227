import { mkdir } from 'node:fs/promises'
import { prepareSource, probeSource } from '../src/encode/index.ts'
import { defaultSceneOptions } from '../src/encode/rules/index.ts'

/** `node prepare-child.ts <source> <folder> [plan]`: prepares a source, as an owner does; with `plan` no piece is cut. */
const [file = '', workDir = '', what = ''] = process.argv.slice(2)
const { signal } = new AbortController()
await mkdir(workDir, { recursive: true })
const source = await probeSource(file, { signal })
const scenes = defaultSceneOptions(source.video.fps)
const input = { source, scenes, workDir, skipPiece: () => what === 'plan', onProgress: () => {} }
for await (const event of prepareSource(input, { signal })) void event
