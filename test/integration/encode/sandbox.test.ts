import { spawnSync } from 'node:child_process'
import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { constants, homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Level } from 'level'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { runProcess } from '../../../src/encode/programs/process.ts'
import { PROGRAM_RULES } from '../../../src/encode/programs/program-rules.ts'
import { lookUpProgram } from '../../../src/encode/programs/programs.ts'
import { type ProcessInit, spawnProgram } from '../../../src/encode/programs/spawn-program.ts'
import { ARCH_CALLS, DENIED_CALLS } from '../../../src/platform/sandbox/syscalls.ts'
import { tempFolder } from '../../fixtures/encode-clips.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { isWithoutSandbox } from '../../fixtures/needs-sandbox.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
const path = process.env['PATH'] ?? ''
let folder: Awaited<ReturnType<typeof tempFolder>>
let programs: string
const at = (name: string): string => join(folder.path, name)

beforeAll(async () => {
  folder = await tempFolder()
  programs = at('programs')
  await mkdir(programs)
  process.env['PATH'] = `${programs}${delimiter}${path}`
})

afterAll(async () => {
  process.env['PATH'] = path
  await folder.remove()
})

/** Runs a program of Perl as grav1 runs an encoder. @returns what it says at its end */
async function perl(program: string, args: readonly string[], init: Partial<ProcessInit> = {}): Promise<string> {
  const { stdout, stderrTail } = await runProcess('perl', ['-e', program, ...args], { signal, ...init })
  return (stdout + stderrTail).trim()
}

/** An encoder of a few lines of sh, first on PATH. */
async function script(name: string, lines: string): Promise<void> {
  await writeFile(join(programs, name), `#!/bin/sh\n${lines}\n`)
  await chmod(join(programs, name), 0o755)
}

const READ = 'foreach (@ARGV) { my $f; open($f, "<", $_) and print "read $_ " . <$f> }'
const WRITE = 'foreach (@ARGV) { my $f; open($f, ">>", $_) and print $f "harm" and close($f) and print "wrote $_\n" }'

const OPEN_FILES = 'print join " ", map { readlink } glob "/proc/self/fd/*"'

test.skipIf(process.platform !== 'linux')('a program inherits no file of the database', async () => {
  const db = new Level(at('db'))
  await db.open()
  try {
    for (const files of [{}, { reads: [import.meta.filename] }]) {
      const open = await perl(OPEN_FILES, [], files)
      expect(open).toContain('socket:')
      expect(open).not.toContain(at('db'))
    }
  } finally {
    await db.close()
  }
})

describe.skipIf(isWithoutSandbox())('a hostile program', () => {
  test('reads nothing but what it is given', async () => {
    const canary = at('canary')
    await writeFile(canary, 'secret')
    await writeFile(at('piece'), 'film')
    const others = [canary, '/etc/passwd', '/etc/hostname', '/proc/1/root/etc/passwd', import.meta.filename]
    expect(await perl(READ, [at('piece'), ...others], { reads: [at('piece')] })).toBe(`read ${at('piece')} film`)
    const list =
      'foreach (@ARGV) { my $d; opendir($d, $_) and print "$_: ", join(" ", sort grep { !/^\\.+$/ } readdir($d)), "\n" }'
    const seen = await perl(list, ['/', folder.path, homedir(), '/dev', '/tmp', '/home', '/run', '/var'], {
      reads: [at('piece')]
    })
    expect(seen).toContain(`${folder.path}: piece`)
    expect(seen).toContain('/dev: null urandom zero')
    expect(seen).not.toMatch(/^\/(?:home|root|var|run):/m)
  })

  test('writes nothing but what it is given', async () => {
    await writeFile(at('source'), 'film')
    await writeFile(at('output'), '')
    const places = ['/tmp/x', '/dev/x', '/x', '/usr/x', '/dev/shm/x', join(homedir(), 'x'), at('beside'), at('source')]
    const init = { reads: [at('source')], writes: [at('output')] }
    expect(await perl(WRITE, [...places, at('output')], init)).toBe(`wrote ${at('output')}`)
    expect(await readFile(at('source'), 'utf8')).toBe('film')
    expect(await readFile(at('output'), 'utf8')).toBe('harm')
    expect(await readdir(folder.path)).not.toContain('beside')
    const drop = 'foreach (@ARGV) { (unlink($_) or rename($_, "$_.x")) and print "gone $_" }'
    expect(await perl(drop, [at('source'), at('output')], init)).toBe('')
  })

  test('fills neither disk nor memory, and opens no thousand files', async () => {
    const fill = 'open(my $f, ">", $ARGV[0]); while (1) { syswrite($f, "x" x 65536) or die "stopped" }'
    const filling = { signal, writes: [at('full')], fileBytesMax: 1024 * 1024 }
    expect(await runProcess('perl', ['-e', fill, at('full')], filling)).toMatchObject({ killedBy: 'SIGXFSZ' })
    expect((await stat(at('full'))).size).toBe(1024 * 1024)
    // An encoder may have the machine's memory, and 16 GiB on a small one.
    const eat = `bs=${PROGRAM_RULES.encoder.memoryGib + 1}G`
    const { code, stderrTail } = await runProcess('dd', ['if=/dev/zero', 'of=/dev/null', eat, 'count=1'], { signal })
    expect([code, stderrTail]).toEqual([1, expect.stringContaining('memory exhausted')])
    const open = 'my @f; while (open(my $f, "<", "/dev/null")) { push(@f, $f) } print scalar(@f) < 256 ? "few" : "many"'
    expect(await perl(open, [])).toBe('few')
  })

  test('has its share of the processor, and no core file', async () => {
    const limits =
      'open(my $f, "<", "/proc/self/limits"); print map { s/\\s+/ /gr . "\n" } grep { /cpu time|core/ } <$f>'
    const seconds = PROGRAM_RULES.encoder.cpuHours * 3600
    expect(await perl(limits, [])).toBe(`Max cpu time ${seconds} ${seconds} seconds \nMax core file size 0 0 bytes`)
  })

  test('reaches no network, no other process and no new namespace', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    let calls = 0
    server.on('connection', () => (calls += 1))
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const connect = `use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0) or print "no socket"; connect($s, pack_sockaddr_in(${port}, inet_aton("127.0.0.1"))) and print "connected"`
    expect(await perl(connect, [])).toBe('no socket')
    expect(calls).toBe(0)
    const see = `opendir(my $d, "/proc"); print join(" ", sort { $a <=> $b } grep { /^\\d+$/ } readdir($d)), " ", kill(0, ${process.pid})`
    expect(await perl(see, [])).toBe('1 2 0')
    const column = process.arch === 'x64' ? 0 : 1
    for (const name of ['ptrace', 'unshare', 'mount', 'bpf', 'keyctl', 'io_uring_setup', 'userfaultfd', 'setns']) {
      const call = `$! = 0; syscall(${DENIED_CALLS[name]?.[column]}, 0, 0, 0, 0, 0); print $! + 0`
      expect(`${name} ${await perl(call, [])}`).toBe(`${name} ${constants.errno.EPERM}`)
    }
    const newUser = `syscall(${ARCH_CALLS[process.arch as 'x64' | 'arm64'].clone}, 0x10000011, 0, 0, 0, 0); print $! + 0`
    expect(await perl(newUser, [])).toBe(String(constants.errno.EPERM))
  })

  test('starts no other process, unless it is a script', async () => {
    expect(await perl('print defined(fork()) ? "forked" : "alone"', [])).toBe('alone')
    await script('scripted', 'echo "$(printf there)"')
    expect(await runProcess('scripted', [], { signal })).toMatchObject({ stdout: 'there\n' })
  })

  test('leaves nothing running, in whatever session', async () => {
    const mark = `4711.${process.pid}`
    const lingering = (): boolean => spawnSync('/usr/bin/pgrep', ['-f', `sleep ${mark}`]).status === 0
    await script('daemon', `setsid sh -c 'setsid sleep ${mark} </dev/null >/dev/null 2>&1 &' & wait; echo started`)
    expect(await runProcess('daemon', [], { signal })).toMatchObject({ code: 0, stdout: 'started\n' })
    await eventually('its child is gone', () => !lingering())
  })

  test('finds an environment of six words at most', async () => {
    process.env['GRAV1_TEST_SECRET'] = 'secret'
    onTestFinished(() => void delete process.env['GRAV1_TEST_SECRET'])
    const names = (await perl('print join(" ", sort keys %ENV)', [])).split(' ')
    const known = ['AV_LOG_FORCE_NOCOLOR', 'GRAV1_PROGRAM', 'LC_ALL', 'LD_LIBRARY_PATH', 'PATH', 'PWD']
    expect(names.filter((name) => !known.includes(name))).toEqual([])
  })
})

describe.skipIf(isWithoutSandbox())('an honest program', () => {
  test('ends with its own code, or by its own signal', async () => {
    expect(await runProcess('perl', ['-e', 'exit 7'], { signal })).toMatchObject({ code: 7, killedBy: undefined })
    const killed = { code: undefined, killedBy: 'SIGSEGV' }
    expect(await runProcess('perl', ['-e', 'kill("SEGV", $$)'], { signal })).toMatchObject(killed)
  })

  test('says nothing more once it is killed, however its box ends', async () => {
    const said: string[] = []
    const complain =
      '$| = 1; $SIG{PIPE} = "IGNORE"; print "here"; while (1) { print "x" x 9999 or print STDERR "broken pipe\n" }'
    const init = { signal, reads: [], stdout: 'pipe', onStderr: (text: string) => void said.push(text) } as const
    const running = spawnProgram('perl', ['-e', complain], init)
    await once(running.stdout, 'data')
    running.kill()
    expect(await running.ended).toMatchObject({ killedBy: 'SIGKILL', stderrTail: '' })
    expect(said).toEqual([])
  })

  test('may be an own build, linked to libraries beside it', async () => {
    const [own, libraries] = [at('own'), at('own/lib')]
    await mkdir(libraries, { recursive: true })
    await copyFile(lookUpProgram('vpxenc') ?? '', join(own, 'own-vpxenc'))
    const told = spawnSync('ldd', [join(own, 'own-vpxenc')], { encoding: 'utf8' }).stdout
    const library = /=> (\/\S*libvpx\S*)/.exec(told)?.[1] ?? ''
    await copyFile(library, join(libraries, library.split('/').at(-1) ?? ''))
    const before = process.env['LD_LIBRARY_PATH']
    process.env['LD_LIBRARY_PATH'] = libraries
    process.env['PATH'] = `${own}${delimiter}${path}`
    onTestFinished(() => {
      if (before === undefined) delete process.env['LD_LIBRARY_PATH']
      else process.env['LD_LIBRARY_PATH'] = before
      process.env['PATH'] = `${programs}${delimiter}${path}`
    })
    const { stdout, stderrTail } = await runProcess('own-vpxenc', ['--help'], { signal })
    expect(stdout + stderrTail).toMatch(/--cpu-used/)
  })

  test('that is missing, or whose files are, is named as before', async () => {
    await expect(async () => runProcess('nowhere', [], { signal })).rejects.toMatchObject({ code: 'tool-missing' })
    const { code, stderrTail } = await runProcess('ffprobe', [`file:${at('nothing.mkv')}`], {
      signal,
      reads: [at('nothing.mkv')]
    })
    expect([code, stderrTail]).toEqual([1, expect.stringContaining('nothing.mkv: No such file or directory')])
  })
})
