import { execFile } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { definitions } from '../../../src/node/cli/definitions.ts'
import { createProgram } from '../../../src/node/cli/program.ts'
import { completionScript, SHELLS } from '../../../src/node/cli/reference/completion.ts'
import { manPage } from '../../../src/node/cli/reference/man-page.ts'
import { tempFolder } from '../../fixtures/encode-clips.ts'
import { fakeIo } from '../../unit/node/cli/fixtures.ts'

const run = promisify(execFile)
const program = createProgram(fakeIo().io, () => {}, definitions)

let folder: Awaited<ReturnType<typeof tempFolder>>
beforeAll(async () => {
  folder = await tempFolder()
  for (const shell of SHELLS) await writeFile(join(folder.path, shell), completionScript(program, shell))
  // What the scripts ask for ids.
  const fake = join(folder.path, 'grav1')
  await writeFile(fake, '#!/bin/sh\n[ "$*" = "projects --all --ids" ] && printf "abc123\\nxyz789\\n"\n')
  await chmod(fake, 0o755)
  await writeFile(join(folder.path, 'film one.mkv'), '')
  await writeFile(join(folder.path, 'config.toml'), '')
})
afterAll(() => folder.remove())

const shell = async (name: string, ...args: readonly string[]): Promise<string> => {
  const env = { ...process.env, PATH: `${folder.path}:${process.env['PATH']}`, HOME: folder.path, TERM: 'dumb' }
  return (await run(name, [...args], { cwd: folder.path, env, timeout: 60_000 })).stdout
}

const QUESTIONS: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [['sta'], ['status']],
  [['pr'], ['presets', 'priority', 'projects']],
  [['cancel', 'a'], ['abc123']],
  [['why', '--data-dir', 'x', 'x'], ['xyz789']],
  [['download', '--ov'], ['--overwrite']],
  [['projects', '--state', 'wai'], ['waiting']],
  [['completion', 'f'], ['fish']],
  [['encoders', 'a'], ['add']],
  [['debug', 'l'], ['log']],
  [['submit', '--builds', 'com'], ['compatible']],
  [['submit', 'film'], ['film one.mkv']],
  [['status', '--config', 'conf'], ['config.toml']]
]

describe('bash', () => {
  test.for(QUESTIONS)('grav1 %j offers %j', async ([words, offered]) => {
    const script = `source ./bash; COMP_WORDS=(grav1 "$@"); COMP_CWORD=$#; _grav1 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`
    const out = await shell('bash', '--norc', '-c', script, 'bash', ...words)
    expect(out.trim().split('\n').toSorted()).toEqual(offered)
  })
})

describe('fish', () => {
  test.for(QUESTIONS)('grav1 %j offers %j', async ([words, offered]) => {
    const line = ['grav1', ...words].join(' ')
    const out = await shell('fish', '--no-config', '-c', `source ./fish; complete -C ${JSON.stringify(line)}`)
    const found = out
      .trim()
      .split('\n')
      .map((one) => one.split('\t')[0]?.replaceAll('\\', '') ?? '')
    expect(found.toSorted()).toEqual(expect.arrayContaining([...offered]))
  })
})

describe('zsh', () => {
  test('takes the script, in both of its forms', async () => {
    await shell('zsh', '-n', 'zsh')
    const script = 'autoload -U compinit; compinit -u -D; source ./zsh; print ${_comps[grav1]}'
    expect((await shell('zsh', '-f', '-c', script)).trim()).toBe('_grav1')
  })

  /** Types a line and a tab in a terminal of its own, and reads until the word is there. */
  const TYPING = `zmodload zsh/zpty
zpty terminal zsh -f -i
zpty -w terminal 'autoload -U compinit; compinit -u -D; source ./zsh; bindkey "^I" complete-word; print BEGIN'
zpty -r terminal shown '*BEGIN*BEGIN*'
while (($#)); do
  zpty -w -n terminal "$1"$'\t'
  zpty -r terminal shown "*$2*" && print -r -- "$2"
  zpty -w -n terminal $'\\C-u'
  shift 2
done
zpty -d terminal
`

  test('completes what is typed', async () => {
    const alone = QUESTIONS.filter(
      ([words, offered]) => offered.length === 1 && !offered[0]?.includes(' ') && words.length > 0
    )
    const typed = alone.flatMap(([words, [offered = '']]) => [['grav1', ...words].join(' '), offered])
    const out = await shell('zsh', '-f', '-c', TYPING, 'zsh', ...typed)
    expect(out.trim().split('\n')).toEqual(alone.map(([, [offered]]) => offered))
  })
})

test('the manual page has no fault that mandoc knows, and every command', async () => {
  const page = join(folder.path, 'grav1.1')
  await writeFile(page, manPage(program))
  const { stdout } = await run('mandoc', ['-T', 'lint', '-W', 'warning', page]).catch(
    (error: { stdout: string }) => error
  )
  // A page from a checkout has no date.
  expect(stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([])
  const shown = await run('mandoc', ['-T', 'utf8', page])
  // Bold letters are printed twice with a backspace between.
  const text = shown.stdout.replaceAll(new RegExp(`.${String.fromCodePoint(8)}`, 'g'), '')
  for (const words of ['grav1 why [options] <id> <scene>', 'grav1 debug log', '--target-quality'])
    expect(text).toContain(words)
})
