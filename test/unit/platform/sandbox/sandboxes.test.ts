import { describe, expect, test } from 'vitest'
import { createBubblewrap } from '../../../../src/platform/sandbox/bubblewrap.ts'
import { findSandbox, type FindSandboxComponents } from '../../../../src/platform/sandbox/find-sandbox.ts'
import { seatbeltProfile } from '../../../../src/platform/sandbox/seatbelt.ts'
import { systemOf } from '../../../../src/platform/system.ts'

const box = { reads: ['/films/a "b".mkv'], writes: ['/work/scene.ivf'], mayStartOthers: false }

describe('bubblewrap', () => {
  const init = { program: '/usr/bin/bwrap', arch: 'x64', disablesNamespaces: true } as const

  test('is told what to show and what to take away', () => {
    const { words, filter } = createBubblewrap(init).boxed(['/usr/bin/ffmpeg', '-version'], box)
    const line = words.join(' ')
    for (const option of ['--unshare-user', '--unshare-all', '--disable-userns', '--die-with-parent', '--new-session'])
      expect(words).toContain(option)
    expect(line).toContain('--cap-drop ALL --seccomp 5')
    expect(line).toContain('--ro-bind-try /films/a "b".mkv /films/a "b".mkv --bind-try /work/scene.ivf /work/scene.ivf')
    expect(line).toMatch(/--remount-ro \/ --chdir \/ -- \/usr\/bin\/ffmpeg -version$/)
    expect(filter?.length).toBeGreaterThan(0)
    const shown = words.filter((_, n) => /^--(?:ro-|dev-)?bind(?:-try)?$/.test(words[n - 1] ?? ''))
    expect(shown.filter((path) => /^\/(?:home|root|var|run|etc$|tmp)/.test(path))).toEqual([])
  })

  test('of an old version is not asked for what it has not', () => {
    const { words } = createBubblewrap({ ...init, disablesNamespaces: false }).boxed(['/x'], box)
    expect(words).not.toContain('--disable-userns')
  })

  test('gives scripts another filter', () => {
    const sandbox = createBubblewrap(init)
    const strict = sandbox.boxed(['/x'], box).filter
    expect(sandbox.boxed(['/x'], { ...box, mayStartOthers: true }).filter).not.toEqual(strict)
    expect(sandbox.boxed(['/x'], box).filter).toBe(strict)
  })
})

test("macOS's profile names files as it quotes them, and denies the rest", () => {
  const profile = seatbeltProfile(box).split('\n')
  expect(profile.slice(0, 6)).toEqual([
    '(version 1)',
    '(allow default)',
    '(deny network*)',
    '(deny mach-register)',
    '(deny file-write*)',
    '(deny process-fork)'
  ])
  expect(profile.at(-2)).toContain(String.raw`(subpath "/films/a \"b\".mkv")`)
  expect(profile.at(-1)).toBe('(allow file-read* file-write* (literal "/work/scene.ivf") (literal "/dev/null"))')
  expect(seatbeltProfile({ ...box, mayStartOthers: true })).not.toContain('process-fork')
})

describe('the sandbox of a machine', () => {
  const machine = (init: Partial<FindSandboxComponents>): FindSandboxComponents => ({
    system: systemOf('linux'),
    arch: 'x64',
    find: (name) => (['bwrap', 'apt', 'sandbox-exec'].includes(name) ? `/usr/bin/${name}` : undefined),
    run: () => ({ code: 0, output: '' }),
    ...init
  })

  test.for([
    ['linux', 'bubblewrap'],
    ['darwin', 'sandbox-exec']
  ] as const)('of %s', ([platform, name]) => {
    const found = findSandbox('auto', machine({ system: systemOf(platform) }))
    expect(found).toMatchObject({ type: 'boxed', sandbox: { name } })
  })

  test.for([
    ['it is turned off', 'off', {}, 'off', '--sandbox off'],
    [
      'it is not installed',
      'auto',
      { find: (name: string) => (name === 'apt' ? '/usr/bin/apt' : undefined) },
      'missing',
      'apt install bubblewrap'
    ],
    ['no package manager is known', 'require', { find: () => undefined }, 'missing', 'is not installed'],
    ['it fails', 'auto', { run: () => ({ code: 1, output: 'bwrap: No permissions\n' }) }, 'refused', 'No permissions'],
    [
      'it shows what it should hide',
      'auto',
      { run: () => ({ code: 1, output: 'it hides nothing' }) },
      'refused',
      'hides nothing'
    ],
    ['its processor has no filter', 'auto', { arch: 'riscv64' }, 'system', 'riscv64'],
    ['its system has none', 'auto', { system: systemOf('win32') }, 'system', 'this system']
  ] as const)('is none when %s', ([, mode, init, code, words]) => {
    const found = findSandbox(mode, machine(init))
    expect(found).toMatchObject({ type: 'none', code, words: expect.stringContaining(words) as unknown })
  })

  test('is asked for what its version has', () => {
    const lines: string[] = []
    const run: FindSandboxComponents['run'] = (words) => {
      lines.push(words.join(' '))
      return { code: 0, output: lines.length === 1 ? '    --disable-userns   Disable further use' : '' }
    }
    findSandbox('auto', machine({ run }))
    expect(lines[1]).toContain('--disable-userns')
  })
})
