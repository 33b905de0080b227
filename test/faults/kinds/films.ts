import { copyFile, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fault } from '../fault.ts'
import { BrokenPromiseError } from '../fault.ts'
import type { Stage } from '../stage.ts'

type Harm = (source: string) => Promise<void>

/** A source that is not what was submitted when it is needed again, and is put right. */
const sourceFault = (name: string, what: string, harm: Harm): Fault => ({
  name,
  what: `the source ${what}, and is put back`,
  when: 'at 2 of 10 scenes, when all scenes are known',
  waits: /film\.mkv/,
  run: async (stage) => {
    await stage.enterAll()
    const film = await stage.submit()
    await stage.until(film, 'to be planned', ({ planned, scenes }) => planned && scenes.done >= 2)
    const kept = join(stage.folder, 'kept.mkv')
    await copyFile(film.source, kept)
    await harm(film.source)
    await stage.whenWaiting(film)
    await rename(kept, film.source)
    await stage.whenComplete(film)
  }
})

/** Owners that start at the same moment and work for each other. */
async function enterOwners(stage: Stage): Promise<void> {
  await stage.enter('owner')
  await stage.enter('a')
  await stage.whenPeers('owner', (connected) => connected >= 1)
}

/** Sources, outputs and films that get in each other's way. */
export const films: readonly Fault[] = [
  sourceFault('source-gone', 'is deleted', async (source) => rm(source)),
  sourceFault('source-replaced', 'is replaced by another file of the same length', async (source) =>
    writeFile(source, Buffer.alloc((await readFile(source)).byteLength, 7))
  ),
  sourceFault('source-truncated', 'is cut short', async (source) => truncate(source, 50_000)),
  {
    name: 'output-name-taken',
    what: "another file takes the finished file's name; it is kept, and the user moves it away",
    when: 'at 2 of 10 scenes',
    waits: /already exists/,
    run: async (stage) => {
      await stage.enterAll()
      const film = await stage.submit()
      await stage.whenDone(film, 2)
      await writeFile(film.output, 'of somebody')
      await stage.whenWaiting(film)
      if ((await readFile(film.output, 'utf8')) !== 'of somebody') throw new BrokenPromiseError('a file was replaced')
      await rename(film.output, join(stage.folder, 'of-somebody.mkv'))
      await stage.whenComplete(film)
    }
  },
  {
    name: 'two-owners',
    what: 'two owners encode the same film at once and work for each other',
    when: 'from the start',
    run: async (stage) => {
      await enterOwners(stage)
      const [one, two] = [await stage.place('one'), await stage.place('two')]
      await stage.whenComplete(...(await Promise.all([stage.submit('owner', one), stage.submit('a', two)])))
    }
  },
  {
    name: 'two-owners-killed',
    what: 'the same, and both are killed with SIGKILL and started again',
    when: 'at 2 of 10 scenes of one of them',
    run: async (stage) => {
      await enterOwners(stage)
      const [one, two] = [await stage.place('one'), await stage.place('two')]
      const both = await Promise.all([stage.submit('owner', one), stage.submit('a', two)])
      await stage.whenDone(both[0], 2)
      await stage.kill('owner', 'a')
      await stage.again('owner')
      await stage.again('a')
      await stage.whenComplete(...both)
    }
  },
  {
    name: 'priorities',
    what: 'three films of three priorities wait for workers; the most urgent, which did not come first, is finished first',
    when: 'before workers come',
    run: async (stage) => {
      await stage.enter('owner', { workers: 0 })
      const films = []
      for (const priority of ['5', '-5', '0'])
        films.push(await stage.submit('owner', await stage.place(`film${priority}`), ['--priority', priority]))
      for (const film of films.slice(0, 2)) await stage.until(film, 'to be planned', ({ planned }) => planned)
      await Promise.all([stage.enter('a'), stage.enter('b')])
      await stage.whenComplete(...films)
      const ends = await Promise.all(films.map(async (film) => (await stage.project(film))?.endedAtMs ?? 0))
      if (ends[1] !== Math.min(...ends)) throw new BrokenPromiseError(`the films ended at ${ends.join(', ')}`)
    }
  }
]
