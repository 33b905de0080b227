import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { isNoFolderFlush } from '../../../src/platform/flush.ts'
import { installLine } from '../../../src/platform/install-line.ts'
import { groupOptions, treeKiller } from '../../../src/platform/kill.ts'
import { isOddName } from '../../../src/platform/names.ts'
import { PATIENCE_MS, patiently } from '../../../src/platform/patience.ts'
import { isSetFromHere } from '../../../src/platform/priority.ts'
import { programEnvironment, programPaths } from '../../../src/platform/programs.ts'
import { startWords } from '../../../src/platform/start-words.ts'
import { systemOf } from '../../../src/platform/system.ts'

const [linux, darwin, win32] = [systemOf('linux'), systemOf('darwin'), systemOf('win32')]
const failure = (code: string): Error => Object.assign(new Error(code), { code })
const having =
  (...names: string[]) =>
  (name: string) =>
    names.includes(name) ? `/bin/${name}` : undefined

test('a system like UNIX is taken for Linux', () => {
  expect(systemOf('freebsd')).toBe(linux)
})

test('what started programs get', () => {
  const env = { PATH: '/bin', TMPDIR: '/t', TEMP: 'T', SystemRoot: 'W', LD_LIBRARY_PATH: '/l', HOME: '/h', SECRET: 's' }
  expect(programEnvironment(env, linux)).toEqual({
    LC_ALL: 'C.UTF-8',
    PATH: '/bin',
    TMPDIR: '/t',
    LD_LIBRARY_PATH: '/l'
  })
  expect(programEnvironment(env, darwin)).toEqual({ LANG: 'C', LC_CTYPE: 'en_US.UTF-8', PATH: '/bin', TMPDIR: '/t' })
  expect(programEnvironment(env, win32)).toEqual({ LC_ALL: 'C', SystemRoot: 'W', PATH: '/bin', TEMP: 'T' })
})

describe('where a program may be', () => {
  test('on UNIX', () => {
    expect(programPaths('ffmpeg', { PATH: '/a::/b' }, linux)).toEqual(['/a/ffmpeg', '/b/ffmpeg'])
    expect(programPaths('ffmpeg', {}, darwin)).toEqual([])
  })

  test('on Windows only what runs without a shell', () => {
    expect(programPaths('ffmpeg', { PATH: 'C:\\a;"C:\\b c";' }, win32)).toEqual([
      'C:\\a\\ffmpeg.exe',
      'C:\\a\\ffmpeg.com',
      'C:\\b c\\ffmpeg.exe',
      'C:\\b c\\ffmpeg.com'
    ])
    expect(programPaths('ffmpeg.EXE', { PATH: 'C:\\a' }, win32)).toEqual(['C:\\a\\ffmpeg.EXE'])
    expect(programPaths('run.cmd', { PATH: 'C:\\a' }, win32)).toEqual(['C:\\a\\run.cmd.exe', 'C:\\a\\run.cmd.com'])
  })
})

describe('how a program is started', () => {
  const wishes = { nice: 19, limits: { addressSpaceBytes: 10, fileBytes: 0, cpuSeconds: 60, openFiles: 64 } }

  test('on Linux', () => {
    const find = having('nice', 'prlimit', 'setpriv')
    expect(startWords(['/x', 'y'], wishes, { system: linux, find }).join(' ')).toBe(
      '/bin/nice -n 19 /bin/prlimit --as=10 --fsize=0 --cpu=60 --nofile=64 --core=0 -- /bin/setpriv --pdeathsig KILL -- /x y'
    )
    expect(startWords(['/x'], {}, { system: linux, find: having() })).toEqual(['/x'])
  })

  test('elsewhere', () => {
    const find = having('nice', 'prlimit', 'setpriv')
    expect(startWords(['/x'], wishes, { system: darwin, find }).join(' ')).toBe('/bin/nice -n 19 /x')
    expect(startWords(['C:\\x.exe'], wishes, { system: win32, find })).toEqual(['C:\\x.exe'])
  })

  test.skipIf(process.platform !== 'linux')('a program that has had its share of the processor is ended', () => {
    const limits = { addressSpaceBytes: 2 ** 33, fileBytes: 0, cpuSeconds: 1, openFiles: 64 }
    const [first, ...words] = startWords(['/usr/bin/perl', '-e', '1 while 1'], { limits })
    // A test that takes too long ends it by SIGTERM.
    expect(spawnSync(first, words, { timeout: 120_000 }).signal).toBe('SIGKILL')
  })

  test('where there is no nice the priority is set afterwards', () => {
    expect(isSetFromHere(19, linux, having('nice'))).toBe(false)
    expect(isSetFromHere(19, linux, having())).toBe(true)
    expect(isSetFromHere(19, win32, having('nice'))).toBe(true)
    expect(isSetFromHere(0, win32, having())).toBe(false)
  })

  test('a group where there are groups, otherwise in the job of this process and without a window', () => {
    expect(groupOptions(darwin)).toMatchObject({ detached: true })
    expect(groupOptions(win32)).toEqual({ detached: false, windowsHide: true })
    expect(treeKiller(7, { SystemRoot: 'W' })).toEqual([
      expect.stringMatching(/^W.*taskkill\.exe$/),
      '/PID',
      '7',
      '/T',
      '/F'
    ])
  })
})

describe('files that are open elsewhere', () => {
  const waits: number[] = []
  const wait = async (ms: number) => void waits.push(ms)
  const failing = (times: number, code: string) => {
    let left = times
    return async () => {
      left -= 1
      if (left >= 0) throw failure(code)
      return 'done'
    }
  }

  test.for(['EPERM', 'EACCES', 'EBUSY'])('are waited for on Windows: %s', async (code) => {
    waits.length = 0
    expect(await patiently(failing(3, code), { system: win32, wait })).toBe('done')
    expect(waits).toEqual([20, 40, 80])
  })

  test('but not for ever', async () => {
    waits.length = 0
    await expect(patiently(failing(1000, 'EBUSY'), { system: win32, wait })).rejects.toThrow('EBUSY')
    const waited = waits.reduce((sum, ms) => sum + ms, 0)
    expect(waited).toBeLessThanOrEqual(PATIENCE_MS)
    expect(waited).toBeGreaterThan(PATIENCE_MS / 2)
  })

  test.for([
    { system: win32, code: 'ENOENT' },
    { system: win32, code: 'EEXIST' },
    { system: linux, code: 'EPERM' },
    { system: darwin, code: 'EACCES' }
  ])('other errors count at once: $code on $system.name', async ({ system, code }) => {
    waits.length = 0
    await expect(patiently(failing(1, code), { system, wait })).rejects.toThrow(code)
    expect(waits).toEqual([])
  })
})

test('a folder that cannot be flushed is no failure, a disk that fails is', () => {
  expect(isNoFolderFlush(failure('EPERM'), win32)).toBe(true)
  expect(isNoFolderFlush(failure('EISDIR'), win32)).toBe(true)
  expect(isNoFolderFlush(failure('EPERM'), linux)).toBe(false)
  expect(isNoFolderFlush(failure('EINVAL'), darwin)).toBe(true)
  for (const system of [linux, darwin, win32]) expect(isNoFolderFlush(failure('EIO'), system)).toBe(false)
})

describe('names that lead elsewhere', () => {
  test.for(['C:\\a.mkv', 'c:a.mkv', '\\\\host\\share\\a.mkv', '//host/share', '\\a.mkv'])('on UNIX: %s', (name) => {
    expect(isOddName(name, linux)).toBe(true)
    expect(isOddName(name, darwin)).toBe(true)
  })

  test('not on UNIX: what has a colon or starts at the root', () => {
    expect(isOddName('/films/a: b.mkv', linux)).toBe(false)
    expect(isOddName('a.mkv', linux)).toBe(false)
  })

  test.for([
    'c:a.mkv',
    '\\\\host\\share\\a.mkv',
    '//host/share/a.mkv',
    '\\\\.\\pipe\\a',
    '\\\\?\\C:\\a.mkv',
    '\\a.mkv',
    '/a.mkv',
    'a.mkv:stream',
    'C:\\a.mkv:stream',
    'C:\\\\host\\share'
  ])('on Windows: %s', (name) => {
    expect(isOddName(name, win32)).toBe(true)
  })

  test('a full path on a drive is none on Windows', () => {
    for (const name of ['C:\\films\\a.mkv', 'd:/films/a.mkv', 'films\\a.mkv', 'a.mkv'])
      expect(isOddName(name, win32)).toBe(false)
  })
})

describe('how to install what is missing', () => {
  test.for([
    { program: 'apt', line: 'apt install ffmpeg aom-tools vpx-tools svt-av1 mkvtoolnix' },
    { program: 'dnf', line: 'dnf install ffmpeg aom libvpx-utils svt-av1 mkvtoolnix' },
    { program: 'pacman', line: 'pacman -S ffmpeg aom libvpx svt-av1 mkvtoolnix-cli' },
    { program: 'brew', line: 'brew install ffmpeg aom libvpx svt-av1 mkvtoolnix' }
  ])('all of it with $program', ({ program, line }) => {
    expect(installLine(undefined, having(program))).toBe(line)
    expect(installLine(['no-such-program'], having(program))).toBe(line)
  })

  test('some of it', () => {
    expect(installLine(['ffmpeg', 'ffprobe', 'mkvmerge'], having('apt'))).toBe('apt install ffmpeg mkvtoolnix')
    expect(installLine(['mkvpropedit'], having('winget'))).toBe('winget install MoritzBunkus.MKVToolNix')
  })

  test('what no package manager here has: encoders from npm', () => {
    expect(installLine(['aomenc'], having('winget'))).toMatch(/^grav1 encoders add/)
    expect(installLine(undefined, having())).toMatch(/^grav1 encoders add/)
  })

  test("the system's own manager before one that was added", () => {
    expect(installLine(['ffmpeg'], having('brew', 'apt'))).toBe('apt install ffmpeg')
  })
})
