import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEBIAN_MIRROR, hostMirror, mirrorIn } from '../../../../scripts/machines/mirror.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grav1-test-'))
})
afterEach(() => rm(folder, { recursive: true }))

test.for([
  ['deb http://mirror.example/debian bookworm main', 'http://mirror.example/debian'],
  ['deb [arch=amd64 signed-by=/k.gpg] https://mirror.example/debian/ sid main', 'https://mirror.example/debian'],
  ['Types: deb\nURIs: http://deb.example/debian\nSuites: trixie', 'http://deb.example/debian'],
  ['Types: deb\nURIs: https://other.example/x http://deb.example/debian', 'http://deb.example/debian'],
  ['# deb http://old.example/debian sid main\ndeb http://new.example/debian sid main', 'http://new.example/debian'],
  ['deb http://deb.example/debian-security bookworm-security main', undefined],
  ['deb-src http://deb.example/debian sid main', undefined],
  ['deb https://packages.example/apt cloud main\nURIs: https://deb.example/node_20.x', undefined],
  ['', undefined]
] as const)('%j', ([text, mirror]) => {
  expect(mirrorIn(text)).toBe(mirror)
})

test("the system's own file comes before what was added, and without either it is Debian's archive", async () => {
  expect(await hostMirror(folder)).toBe(DEBIAN_MIRROR)
  await mkdir(join(folder, 'sources.list.d'))
  await writeFile(join(folder, 'sources.list.d', 'notes.txt'), 'deb http://wrong.example/debian sid main\n')
  await writeFile(join(folder, 'sources.list.d', 'debian.sources'), 'URIs: http://more.example/debian\n')
  expect(await hostMirror(folder)).toBe('http://more.example/debian')
  await writeFile(join(folder, 'sources.list'), 'deb http://own.example/debian sid main\n')
  expect(await hostMirror(folder)).toBe('http://own.example/debian')
})
