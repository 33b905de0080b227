import { mkdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { execa } from 'execa'
import { prepareSource, probeSource } from '../src/encode/run/index.ts'
import { defaultSceneOptions } from '../src/encode/spec/index.ts'

/** `node prepare-child.ts <source> <folder> <cut|plan>`: prepares a source and says what came of it on stderr, as JSON. With `plan` no piece is cut. */
const [file = '', workDir = '', what = 'cut'] = process.argv.slice(2)
const { signal } = new AbortController()
await mkdir(workDir, { recursive: true })
const source = await probeSource(file, { signal })
const scenes = defaultSceneOptions(source.video.fps)
const pieces: string[] = []
let frames = 0
const input = { source, scenes, workDir, skipPiece: () => what === 'plan', onProgress: () => {} }
for await (const event of prepareSource(input, { signal })) {
  if (event.type === 'scene') pieces.push(event.scene.pieceFile)
  if (event.type === 'end') frames = event.end.frames
}
// A lossless piece was written by libx264 at -qp 0 or is FFV1; a copy has the source's own profile.
let copies = 0
for (const piece of pieces) {
  const show = ['-v', 'error', '-show_entries', 'stream=codec_name,profile', '-of', 'csv=p=0', piece]
  const { stdout } = await execa('ffprobe', show)
  if (!/ffv1|High 4:4:4 Predictive/.test(stdout)) copies += 1
}
console.error(JSON.stringify({ source: basename(file), frames, pieces: pieces.length, copies }))
