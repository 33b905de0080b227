import { describe, expect, test } from 'vitest'
import { seccompFilter } from '../../../../src/platform/sandbox/seccomp.ts'
import { ARCH_CALLS, DENIED_CALLS, type FilterArch } from '../../../../src/platform/sandbox/syscalls.ts'

interface Call {
  readonly number: number
  readonly audit?: number
  readonly args?: readonly number[]
}

const ALLOWED = 'allowed'
const VERDICTS = new Map([
  [0x7fff0000, ALLOWED],
  [0x80000000, 'killed'],
  [0x00050001, 'EPERM'],
  [0x00050026, 'ENOSYS']
])

/** What the kernel makes of a call: runs the instructions, of which the filter needs five. */
function verdictOf(filter: Uint8Array, arch: FilterArch, { number, audit, args = [] }: Call): string | undefined {
  const data = new Map([
    [0, number],
    [4, audit ?? ARCH_CALLS[arch].audit],
    ...args.map((value, n): [number, number] => [16 + 8 * n, value])
  ])
  const view = new DataView(filter.buffer)
  let loaded = 0
  for (let at = 0; at < filter.length / 8; at += 1) {
    const [code, value] = [view.getUint16(at * 8, true), view.getUint32(at * 8 + 4, true)]
    if (code === 0x06) return VERDICTS.get(value)
    if (code === 0x20) {
      loaded = data.get(value) ?? 0
      continue
    }
    const holds = { 0x15: loaded === value, 0x35: loaded >= value, 0x45: (loaded & value) !== 0 }[code]
    if (holds === undefined) throw new Error(`instruction ${at} is of no known kind`)
    at += view.getUint8(at * 8 + (holds ? 2 : 3))
  }
  throw new Error('the filter ends without a verdict')
}

/** Numbers of calls that every program makes. */
const USUAL: Readonly<Record<FilterArch, Readonly<Record<string, number>>>> = {
  x64: { read: 0, write: 1, mmap: 9, futex: 202, execve: 59, openat: 257, exit_group: 231, prlimit64: 302 },
  arm64: { read: 63, write: 64, mmap: 222, futex: 98, execve: 221, openat: 56, exit_group: 94, prlimit64: 261 }
}

describe.for(['x64', 'arm64'] as const)('the filter for %s', (arch) => {
  const calls = ARCH_CALLS[arch]
  const filter = seccompFilter(arch, { mayStartOthers: false })
  const loose = seccompFilter(arch, { mayStartOthers: true })
  const verdict = (number: number, ...args: readonly number[]): string | undefined =>
    verdictOf(filter, arch, { number, args })

  test('lets through what programs do', () => {
    for (const number of Object.values(USUAL[arch])) expect(verdict(number)).toBe(ALLOWED)
  })

  test('denies every call of the list', () => {
    for (const [name, numbers] of Object.entries(DENIED_CALLS)) {
      const number = numbers[arch === 'x64' ? 0 : 1]
      if (number === undefined) continue
      expect(`${name} ${verdict(number)} ${verdictOf(loose, arch, { number })}`).toBe(`${name} EPERM EPERM`)
    }
  })

  test('opens local sockets only', () => {
    const [unix, inet, inet6, netlink, vsock] = [1, 2, 10, 16, 40]
    expect(verdict(calls.socket, unix)).toBe(ALLOWED)
    for (const family of [inet, inet6, netlink, vsock]) expect(verdict(calls.socket, family)).toBe('EPERM')
  })

  test('types into no terminal', () => {
    expect(verdict(calls.ioctl, 0, 0x5401)).toBe(ALLOWED)
    expect(verdict(calls.ioctl, 0, 0x5412)).toBe('EPERM')
    expect(verdict(calls.ioctl, 0, 0x541c)).toBe('EPERM')
  })

  test('starts threads, and processes only where it may', () => {
    const thread = 0x003d0f00
    const SIGCHLD = 17
    expect(verdict(calls.clone, thread)).toBe(ALLOWED)
    expect(verdict(calls.clone, SIGCHLD)).toBe('EPERM')
    expect(verdictOf(loose, arch, { number: calls.clone, args: [SIGCHLD] })).toBe(ALLOWED)
    for (const number of calls.forks) {
      expect(verdict(number)).toBe('EPERM')
      expect(verdictOf(loose, arch, { number })).toBe(ALLOWED)
    }
    expect(verdict(calls.clone3)).toBe('ENOSYS')
    const newUser = 0x10000000
    for (const one of [filter, loose])
      expect(verdictOf(one, arch, { number: calls.clone, args: [newUser | SIGCHLD] })).toBe('EPERM')
  })

  test('ends a process that calls by another convention', () => {
    const i386 = 0x40000003
    expect(verdictOf(filter, arch, { number: 1, audit: i386 })).toBe('killed')
    if (calls.otherFrom !== undefined) expect(verdict(calls.otherFrom + 1)).toBe('killed')
  })
})
