import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkFilm, type CheckedTrack, type FilmCheck } from '../../src/encode/index.ts'
import { formatTable } from '../../src/node/cli/format.ts'
import { makeMoving } from '../../test/fixtures/odd-sources.ts'
import { MATRIX, type MatrixFilm, matrixFilms } from '../../test/fixtures/matrix.ts'

// What the check of the finished film compares and finds, for each odd source of the tests: as .mkv, as .mp4 where that holds it, and a part of it. Names on the command line choose some.
const signal = AbortSignal.timeout(1_800_000)
const named = process.argv.slice(2)
const sources = Object.keys(MATRIX).filter((name) => named.length === 0 || named.some((one) => name.includes(one)))

const ms = (value: number): string => value.toFixed(1)
const track = ({ codec, becomes, packets, by, offMs }: CheckedTrack): string =>
  `${codec === becomes ? codec : `${codec} to ${becomes}`} ${packets} by ${by} ${ms(offMs)}`

function row({ name, what }: MatrixFilm, check: FilmCheck): string[] {
  const { frames, frameOffMs, tracks, chapters, tags, attachments, properties } = check
  const counts = [chapters, tags, attachments, properties].join('/')
  return [name, what, String(frames), ms(frameOffMs), counts, tracks.map(track).join('; ') || '-']
}

const rows: string[][] = [
  ['source', 'film', 'frames', 'off ms', 'chapters/tags/attachments/properties', 'tracks: packets, compared by, off ms']
]
let refused = 0
const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
try {
  const moving = await makeMoving(folder)
  for (const name of sources) {
    for await (const film of matrixFilms(name, moving, folder, signal)) {
      try {
        const check =
          film.joined === undefined ? undefined : await checkFilm(film.input, { path: film.joined }, { signal })
        rows.push(check === undefined ? [name, film.what, '', '', '', film.said] : row(film, check))
        if (check === undefined && !film.isExpected) refused += 1
      } catch (error) {
        refused += 1
        rows.push([name, film.what, '', '', '', String(error)])
      }
      console.error(rows.at(-1)?.join(' | '))
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
console.log(formatTable(rows).trimEnd())
console.log(`\n${rows.length - 1} films of ${sources.length} sources; ${refused} refused by the check.`)
if (refused > 0) process.exitCode = 1
