import { ARCH_CALLS, type FilterArch } from './syscalls.ts'

/** An instruction of the kernel's packet filter: what it does, how many instructions it passes over when its test holds and when not, and its number. */
interface Instruction {
  readonly code: number
  readonly holds: number
  readonly otherwise: number
  readonly value: number
}

const LOAD = 0x20
const JUMP_EQUAL = 0x15
const JUMP_AT_LEAST = 0x35
const JUMP_ANY_BIT = 0x45
const RETURN = 0x06

/** Places in what the kernel shows of a call (`struct seccomp_data`), in bytes. The lower half of an argument comes first. */
const NUMBER_AT = 0
const ARCH_AT = 4
const argumentAt = (index: number): number => 16 + 8 * index

const KILL = 0x80000000
const ALLOW = 0x7fff0000
const errno = (number: number): number => 0x00050000 + number
const EPERM = 1
const ENOSYS = 38

const AF_UNIX = 1
/** Type into a terminal. */
const TERMINAL_IOCTLS = [0x5412, 0x541c]
/** `CLONE_NEWNS`, `NEWCGROUP`, `NEWUTS`, `NEWIPC`, `NEWUSER`, `NEWPID`, `NEWNET`. */
const NEW_NAMESPACES = 0x7e020000
const CLONE_THREAD = 0x10000

const load = (at: number): Instruction => ({ code: LOAD, holds: 0, otherwise: 0, value: at })
const end = (value: number): Instruction => ({ code: RETURN, holds: 0, otherwise: 0, value })

/** These instructions where the test holds, and what follows them where not. */
const when = (code: number, value: number, inner: readonly Instruction[]): Instruction[] => [
  { code, holds: 0, otherwise: inner.length, value },
  ...inner
]

const denyWhen = (code: number, value: number): Instruction[] => when(code, value, [end(errno(EPERM))])

/** What is looked at of one call. */
const call = (number: number, inner: readonly Instruction[]): Instruction[] => when(JUMP_EQUAL, number, inner)

function instructionsOf(arch: FilterArch, mayStartOthers: boolean): Instruction[] {
  const { audit, otherFrom, socket, ioctl, clone, clone3, forks, denied } = ARCH_CALLS[arch]
  const isThread = { code: JUMP_ANY_BIT, holds: 1, otherwise: 0, value: CLONE_THREAD }
  const onlyThreads = mayStartOthers ? [] : [isThread, end(errno(EPERM))]
  const refused = mayStartOthers ? denied : [...denied, ...forks]
  return [
    load(ARCH_AT),
    { code: JUMP_EQUAL, holds: 1, otherwise: 0, value: audit },
    end(KILL),
    load(NUMBER_AT),
    ...(otherFrom === undefined ? [] : when(JUMP_AT_LEAST, otherFrom, [end(KILL)])),
    ...refused.flatMap((number) => denyWhen(JUMP_EQUAL, number)),
    // As on a kernel without it: then the C library uses `clone`, whose flags can be seen.
    ...call(clone3, [end(errno(ENOSYS))]),
    ...call(clone, [load(argumentAt(0)), ...denyWhen(JUMP_ANY_BIT, NEW_NAMESPACES), ...onlyThreads, end(ALLOW)]),
    ...call(socket, [load(argumentAt(0)), ...when(JUMP_EQUAL, AF_UNIX, [end(ALLOW)]), end(errno(EPERM))]),
    ...call(ioctl, [
      load(argumentAt(1)),
      ...TERMINAL_IOCTLS.flatMap((request) => denyWhen(JUMP_EQUAL, request)),
      end(ALLOW)
    ]),
    end(ALLOW)
  ]
}

const INSTRUCTION_BYTES = 8

/**
 * A filter of system calls for Linux, as bytes (`struct sock_filter[]`, little-endian). A call on the list fails with EPERM, one by another calling convention ends the process.
 * @param mayStartOthers whether the program may start processes, not only threads
 */
export function seccompFilter(arch: FilterArch, { mayStartOthers }: { readonly mayStartOthers: boolean }): Uint8Array {
  const instructions = instructionsOf(arch, mayStartOthers)
  const bytes = new DataView(new ArrayBuffer(instructions.length * INSTRUCTION_BYTES))
  for (const [n, { code, holds, otherwise, value }] of instructions.entries()) {
    const at = n * INSTRUCTION_BYTES
    bytes.setUint16(at, code, true)
    bytes.setUint8(at + 2, holds)
    bytes.setUint8(at + 3, otherwise)
    bytes.setUint32(at + 4, value, true)
  }
  return new Uint8Array(bytes.buffer)
}
