import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatTable } from '../../src/node/cli/format.ts'
import { makeFilm } from '../../test/fixtures/film.ts'
import { measureJoin } from '../../test/fixtures/join-film.ts'

// How long joining takes, and how much of this process's memory: films of 10 to 150,000 frames, each file type, with sound.
const FILMS = [
  { scenes: 10, framesPerScene: 100, ending: 'mkv' },
  { scenes: 150, framesPerScene: 100, ending: 'mkv' },
  { scenes: 1500, framesPerScene: 20, ending: 'mkv' },
  { scenes: 1500, framesPerScene: 100, ending: 'mkv' },
  { scenes: 1500, framesPerScene: 100, ending: 'webm' },
  { scenes: 1500, framesPerScene: 100, ending: 'mp4' }
] as const

const mib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)

const rows: string[][] = [['file', 'scenes', 'frames', 'seconds', 'frames/s', 'RSS before', 'peak MiB', 'descriptors']]
const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
try {
  for (const [n, { ending, ...film }] of FILMS.entries()) {
    const place = join(folder, String(n))
    await mkdir(place)
    const input = { ...(await makeFilm(place, film)), output: join(place, `film.${ending}`) }
    const cost = await measureJoin(input, AbortSignal.timeout(600_000))
    rows.push([
      `.${ending}`,
      String(film.scenes),
      String(cost.frames),
      cost.seconds.toFixed(1),
      (cost.frames / cost.seconds).toFixed(0),
      mib(cost.rssBytesBefore),
      mib(cost.rssBytesPeak),
      `${cost.descriptorsBefore} to ${cost.descriptorsPeak}, then ${cost.descriptorsAfter}`
    ])
    await rm(place, { recursive: true })
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
console.log(formatTable(rows).trimEnd())
