import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ApiRefusal } from '../../../../src/api/refusal.ts'
import { resolveInput, resolveOutput } from '../../../../src/node/http/media-paths.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

/** Two media folders, a file beside them, and links that lead out. */
async function house() {
  const root = await realpath(await tempDir())
  const [films, shows, secret] = [join(root, 'films'), join(root, 'shows'), join(root, 'secret')]
  for (const folder of [films, shows, secret, join(films, 'new'), `${films}-private`]) await mkdir(folder)
  for (const file of [
    join(films, 'a.mkv'),
    join(films, 'new', 'b.mkv'),
    join(shows, 'a.mkv'),
    join(shows, 'c.mkv'),
    join(secret, 'key'),
    join(`${films}-private`, 'd.mkv')
  ])
    await writeFile(file, file)
  await symlink(join(secret, 'key'), join(films, 'link'))
  await symlink(secret, join(films, 'door'))
  await symlink(join(shows, 'c.mkv'), join(films, 'inside'))
  await symlink(join(root, 'nowhere'), join(films, 'dangling'))
  return { root, films, shows, secret, media: [films, shows] }
}

describe('inputs', () => {
  test('are looked for below each media folder in turn', async () => {
    const { films, shows, media } = await house()
    expect((await resolveInput('a.mkv', media, false))?.path).toBe(join(films, 'a.mkv'))
    expect((await resolveInput('c.mkv', media, false))?.path).toBe(join(shows, 'c.mkv'))
    expect((await resolveInput('new/b.mkv', media, false))?.path).toBe(join(films, 'new', 'b.mkv'))
    expect((await resolveInput('./new/../a.mkv', media, false))?.path).toBe(join(films, 'a.mkv'))
    expect((await resolveInput(join(films, 'a.mkv'), media, false))?.path).toBe(join(films, 'a.mkv'))
    expect((await resolveInput('inside', media, false))?.path).toBe(join(shows, 'c.mkv'))
    expect(await resolveInput('missing.mkv', media, true)).toBeUndefined()
  })

  test.for([
    '../secret/key',
    'new/../../secret/key',
    'link',
    'door/key',
    'dangling',
    '.',
    '',
    '..',
    'new/b.mkv/../../../secret/key',
    '..%2fsecret%2fkey',
    '..\\secret\\key',
    'a.mkv\0.txt',
    '\0'
  ])('%j is none', async (name) => {
    const { media } = await house()
    expect(await resolveInput(name, media, false)).toBeUndefined()
  })

  test('a full path outside is none, the folder of like name neither; the token opens it', async () => {
    const { films, secret, media } = await house()
    expect(await resolveInput(join(secret, 'key'), media, false)).toBeUndefined()
    expect(await resolveInput(join(`${films}-private`, 'd.mkv'), media, false)).toBeUndefined()
    expect(await resolveInput(films, media, false)).toBeUndefined()
    expect((await resolveInput(join(secret, 'key'), media, true))?.path).toBe(join(secret, 'key'))
    expect((await resolveInput('link', media, true))?.path).toBe(join(secret, 'key'))
    expect(await resolveInput('a.mkv\0', media, true)).toBeUndefined()
  })

  test.for([
    'C:\\a.mkv',
    'c:/a.mkv',
    'C:a.mkv',
    '\\\\host\\share\\a.mkv',
    '//host/share/a.mkv',
    '\\\\?\\C:\\a.mkv',
    '\\a.mkv'
  ])('the Windows form %j is none, even where a file is called that', async (name) => {
    const { films, media } = await house()
    const input = join(films, 'a.mkv')
    if (!name.includes('/')) await writeFile(join(films, name), '')
    expect(await resolveInput(name, media, false)).toBeUndefined()
    await expect(resolveOutput(name, { input, fileName: 'x.aom.mkv', media, trusted: false })).rejects.toMatchObject({
      code: 'output-unwritable'
    })
  })

  test('a media folder that is reached by two slashes is none', async () => {
    const { films, media } = await house()
    expect(await resolveInput(`/${join(films, 'a.mkv')}`, media, false)).toBeUndefined()
    expect((await resolveInput(`/${join(films, 'a.mkv')}`, media, true))?.path).toBe(join(films, 'a.mkv'))
  })

  test('a link names the film, in the folder where it lies; one beyond the media folders only for the trusted', async () => {
    const { root, films, shows, secret, media } = await house()
    const named = async (name: string, trusted: boolean) => (await resolveInput(name, media, trusted))?.named
    expect(await named('inside', false)).toBe(join(films, 'inside'))
    expect(await named('a.mkv', false)).toBe(join(films, 'a.mkv'))
    await symlink(join(films, 'inside'), join(shows, 'twice'))
    expect(await named(join(shows, 'twice'), false)).toBe(join(shows, 'twice'))
    await symlink(shows, join(films, 'way'))
    expect(await named('way/c.mkv', false)).toBe(join(shows, 'c.mkv'))
    const outside = join(secret, 'film.mkv')
    await symlink(join(films, 'a.mkv'), outside)
    expect(await named(outside, false)).toBe(join(films, 'a.mkv'))
    expect(await named(outside, true)).toBe(outside)
    await symlink(secret, join(root, 'gate'))
    expect(await named(join(root, 'gate', 'film.mkv'), true)).toBe(outside)
  })

  test('without media folders only full paths of trusted callers', async () => {
    const { films } = await house()
    expect(await resolveInput('a.mkv', [], false)).toBeUndefined()
    expect(await resolveInput(join(films, 'a.mkv'), [], false)).toBeUndefined()
    expect((await resolveInput(join(films, 'a.mkv'), [], true))?.path).toBe(join(films, 'a.mkv'))
  })
})

describe('outputs', () => {
  const refusal = async (task: Promise<string>): Promise<string> =>
    task.then(
      (path) => path,
      (error: unknown) => (error instanceof ApiRefusal ? error.code : Promise.reject(error as Error))
    )

  test('lie beside the input, or where a full path says', async () => {
    const { films, shows, media } = await house()
    const input = join(films, 'new', 'b.mkv')
    expect(await resolveOutput('out.mkv', { input, fileName: 'x.aom.mkv', media, trusted: false })).toBe(
      join(films, 'new', 'out.mkv')
    )
    expect(await resolveOutput('../out.mkv', { input, fileName: 'x.aom.mkv', media, trusted: false })).toBe(
      join(films, 'out.mkv')
    )
    expect(await resolveOutput(join(shows, 'out.mkv'), { input, fileName: 'x.aom.mkv', media, trusted: false })).toBe(
      join(shows, 'out.mkv')
    )
  })

  test.for([
    '../secret/out',
    '../../etc/out',
    'door/out',
    'nofolder/out',
    '..',
    'out\0.mkv',
    '/etc/out.mkv',
    '/out.mkv'
  ])('%j is refused', async (name) => {
    const { films, media } = await house()
    expect(
      await refusal(resolveOutput(name, { input: join(films, 'a.mkv'), fileName: 'x.aom.mkv', media, trusted: false }))
    ).toBe('output-unwritable')
  })

  test('of a folder it is the file in it; a link that leads out is none', async () => {
    const { films, shows, secret, media } = await house()
    const place = { input: join(films, 'a.mkv'), fileName: 'x.aom.mkv', media, trusted: false }
    expect(await resolveOutput('new', place)).toBe(join(films, 'new', 'x.aom.mkv'))
    expect(await resolveOutput(`${shows}/`, place)).toBe(join(shows, 'x.aom.mkv'))
    for (const name of ['door', secret, '..'])
      expect(await refusal(resolveOutput(name, place))).toBe('output-unwritable')
    expect(await resolveOutput(secret, { ...place, trusted: true })).toBe(join(secret, 'x.aom.mkv'))
  })

  test('a trusted caller may name any path, but none that is not one', async () => {
    const { secret, films, media } = await house()
    expect(
      await resolveOutput(join(secret, 'out'), {
        input: join(films, 'a.mkv'),
        fileName: 'x.aom.mkv',
        media,
        trusted: true
      })
    ).toBe(join(secret, 'out'))
    expect(
      await refusal(
        resolveOutput('out\0.mkv', { input: join(films, 'a.mkv'), fileName: 'x.aom.mkv', media, trusted: true })
      )
    ).toBe('output-unwritable')
  })

  test('below the root folder as media the name stays whole', async () => {
    expect(
      await resolveOutput('/out.mkv', { input: '/a.mkv', fileName: 'x.aom.mkv', media: ['/'], trusted: false })
    ).toBe('/out.mkv')
  })
})
