import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { NODE_AV_VERSION } from '../../../../src/encode/rules/index.ts'
import {
  folderBytes,
  installedVersion,
  nodeAvPackage,
  removeNodeAv,
  replaceFolder
} from '../../../../src/node/encoders/node-av-package.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

test.for([
  ['linux', 'x64', 'linux-x64', 'about 175 MB'],
  ['linux', 'arm64', 'linux-arm64', 'about 146 MB'],
  ['darwin', 'arm64', 'darwin-arm64', 'about 62 MB'],
  ['darwin', 'x64', 'darwin-x64', '60 to 180 MB'],
  ['win32', 'x64', 'win32-x64-msvc', 'about 125 MB']
] as const)('%s on %s gets one binary, in the version that was tried', ([platform, arch, binary, size]) => {
  expect(nodeAvPackage(platform, arch)).toMatchObject({
    packages: [`node-av@${NODE_AV_VERSION}`, `@seydx/node-av-${binary}@${NODE_AV_VERSION}`],
    size
  })
})

test('a machine that there is no binary for gets nothing', () => {
  expect(nodeAvPackage('linux', 'arm')).toBeUndefined()
  expect(nodeAvPackage('freebsd', 'x64')).toBeUndefined()
})

test('what is in a folder is told by its own words, and removed once', async () => {
  const folder = join(await tempDir(), 'encoders')
  expect(await installedVersion(folder)).toBeUndefined()
  const place = join(folder, 'node_modules/node-av')
  await mkdir(place, { recursive: true })
  await writeFile(join(place, 'package.json'), '{"version": 6}')
  expect(await installedVersion(folder)).toBeUndefined()
  await writeFile(join(place, 'package.json'), '{"version":"6.1.1"}')
  expect(await installedVersion(folder)).toBe('6.1.1')
  expect(await folderBytes(folder)).toBe(19)
  expect(await removeNodeAv(folder)).toBe(true)
  expect(await removeNodeAv(folder)).toBe(false)
})

test('of several installs at once each is in its place for a while, and none fails or leaves anything', async () => {
  const home = await tempDir()
  const folder = join(home, 'encoders')
  await mkdir(join(folder, 'before'), { recursive: true })
  const asides = await Promise.all(
    ['a', 'b', 'c', 'd'].map(async (name) => {
      const aside = join(home, `aside-${name}`)
      await mkdir(join(aside, name), { recursive: true })
      return aside
    })
  )
  await Promise.all(asides.map(async (aside) => replaceFolder(folder, aside)))
  expect(await readdir(home)).toEqual(['encoders'])
  expect(['a', 'b', 'c', 'd']).toContain((await readdir(folder)).join())
})
