import { access, mkdir, rename } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'
import { buildClip } from '../../scripts/clip.ts'
import { AOM_PARAMS } from '../e2e/harness.ts'

const folder = resolve(import.meta.dirname, '../../node_modules/.cache/grav1-test')

export type FilmKind = 'small' | 'heavy'

/** Scenes of the small film. In the gate there are enough for a fault after the third. */
const SCENES = { all: 10, gate: 7 } as const

/** A film and the options that it is submitted with. */
export interface FilmSource {
  readonly path: string
  readonly args: readonly string[]
  readonly params: string
}

/** Small films: what is tested is not how pictures look. Kept for the next run. */
export async function faultFilm(kind: FilmKind, extent: keyof typeof SCENES): Promise<FilmSource> {
  return kind === 'small' ? smallFilm(SCENES[extent]) : heavyFilm()
}

/** 25 frames a scene, with sound, subtitles, chapters and an attachment. */
async function smallFilm(seconds: number): Promise<FilmSource> {
  const cuts = Array.from({ length: seconds - 1 }, (_, index) => (index + 1) * 25)
  const output = join(folder, `faults-${seconds}.mkv`)
  const { path } = await buildClip({ output, seconds, width: 128, height: 72, cuts })
  return { path, args: [], params: AOM_PARAMS }
}

/** 96 frames of noise in four scenes, stored without loss: a megabyte for each second. */
async function heavyFilm(): Promise<FilmSource> {
  const path = join(folder, 'faults-heavy.mkv')
  const isThere = await access(path).then(
    () => true,
    () => false
  )
  if (!isThere) {
    const aside = `${path}.${process.pid}.mkv`
    await mkdir(dirname(path), { recursive: true })
    const noise = 'testsrc2=size=240x136:rate=25,format=yuv420p,noise=alls=80:allf=t:all_seed=1'
    await execa('ffmpeg', [
      '-v',
      'error',
      '-nostdin',
      '-y',
      '-f',
      'lavfi',
      '-i',
      noise,
      '-frames:v',
      '96',
      '-c:v',
      'ffv1',
      '-g',
      '24',
      '-bitexact',
      aside
    ])
    await rename(aside, path)
  }
  // The coarsest quantiser: what counts is how many bytes a piece has, not how long it takes to encode.
  return { path, args: ['--cuts', '24,48,72'], params: '--cpu-used=6 --end-usage=q --cq-level=63' }
}
