import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { encoderFacts, prepareSource, probeSource } from '../src/encode/index.ts'
import { defaultSceneOptions, findEncoder } from '../src/encode/rules/index.ts'

/** The encoder commands of a project as a shell would run them. */
export interface Baseline {
  readonly scenes: number
  readonly frames: number
  /** Runs every scene, `jobs` at a time, and returns the seconds it took. */
  readonly run: (jobs: number) => Promise<number>
}

/** `text` as one word of a POSIX shell. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

const shellLine = (words: readonly string[]): string => words.map(shellWord).join(' ')

/** What to encode. */
export interface BaselineInit {
  readonly source: string
  readonly encoder: string
  readonly params: string
  readonly folder: string
  readonly signal: AbortSignal
}

/** Finds the scenes and cuts the pieces as a node does, once and not timed, and writes a script with the passes of each scene. */
export async function prepareBaseline({ source, encoder, params, folder, signal }: BaselineInit): Promise<Baseline> {
  const [work, pieces] = [join(folder, 'work'), join(folder, 'pieces')]
  await Promise.all([mkdir(work, { recursive: true }), mkdir(pieces, { recursive: true })])
  const info = await probeSource(source, { signal })
  const module = findEncoder(encoder)
  const parsed = module.parseParams(params)
  const facts = await encoderFacts(module, { signal })
  const scripts: { readonly path: string; readonly frames: number }[] = []
  const input = {
    source: info,
    scenes: defaultSceneOptions(info.video.fps),
    workDir: work,
    skipPiece: () => false,
    onProgress: () => undefined
  }
  for await (const event of prepareSource(input, { signal })) {
    if (event.type !== 'scene') continue
    const { index, frames, skip, pieceFile } = event.scene
    const file = (extension: string) => join(pieces, `${index}.${extension}`)
    await rename(pieceFile, file('mkv'))
    const decode = ['ffmpeg', '-v', 'error', '-nostdin', '-i', file('mkv'), '-map', '0:v:0']
    decode.push('-vf', `select=gte(n\\,${skip})`, '-frames:v', String(frames), '-fps_mode', 'passthrough')
    decode.push('-strict', '-1', '-f', 'yuv4mpegpipe', '-')
    const files = { statsFile: file('log'), grainFile: file('tbl'), outputFile: file('ivf'), nullDevice: '/dev/null' }
    const table = module.grainTable?.(parsed, info.video)
    if (table !== undefined) await writeFile(files.grainFile, table)
    const passes = (module.passes === 1 ? ([1] as const) : ([1, 2] as const)).map((pass) => {
      const args = module.buildArgs({ params: parsed, facts, video: info.video, pass, threads: 1, ...files })
      return `${shellLine(decode)} | ${shellLine([module.program, ...args])}`
    })
    await writeFile(file('sh'), `set -e\n${passes.join('\n')}\n`)
    scripts.push({ path: file('sh'), frames })
  }
  await rm(work, { recursive: true, force: true })
  // Longest first, as a node hands them out: with the source's order the last scene would leave a core idle for longer.
  const order = scripts.toSorted((a, b) => b.frames - a.frames).map(({ path }) => path)
  return {
    scenes: scripts.length,
    frames: scripts.reduce((sum, { frames }) => sum + frames, 0),
    run: async (jobs) => {
      const began = performance.now()
      const options = { input: order.join('\n'), stdout: 'ignore', stderr: 'ignore', cancelSignal: signal } as const
      await execa('xargs', ['-P', String(jobs), '-n', '1', 'sh'], options)
      return (performance.now() - began) / 1000
    }
  }
}
