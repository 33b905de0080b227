import { matchesGlob } from 'node:path'
import { expect, test } from 'vitest'
import config from '../../vitest.config.ts'
import { filesBelow } from './doc-files.ts'

interface Project {
  readonly test: { readonly name: string; readonly include: readonly string[]; readonly exclude?: readonly string[] }
}

test('every file of tests is run, once', async () => {
  const projects = (config.test?.projects ?? []) as readonly Project[]
  const isIn = (file: string, globs: readonly string[]): boolean => globs.some((glob) => matchesGlob(file, glob))
  const runs = (file: string): string[] =>
    projects
      .filter(({ test: { include, exclude = [] } }) => isIn(file, include) && !isIn(file, exclude))
      .map(({ test: { name } }) => name)
  const files = await filesBelow('test', '.test.ts')
  expect(files.length).toBeGreaterThan(200)
  // These need a browser, and root with a mirror of Debian.
  const missing = ['browser', 'machines'].filter((folder) => projects.every(({ test: { name } }) => name !== folder))
  const wanted = files.filter((file) => missing.every((folder) => !file.startsWith(`test/${folder}/`)))
  expect(wanted.filter((file) => runs(file).length !== 1).map((file) => [file, runs(file)])).toEqual([])
})
