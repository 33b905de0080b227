import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { findProgram } from '../../src/platform/index.ts'

/** An aomenc that is as good as any until it is told otherwise. */
export interface BrokenEncoder {
  /** What a node's environment needs for it to be found first. */
  readonly env: Readonly<Record<string, string>>
  /** From now on each encode goes wrong. */
  readonly arm: () => Promise<void>
}

/** Makes one in a folder of its own. @param body what the second pass does instead, in sh: `$real "$@"` encodes, and `$out` is the file that is to be written */
export async function brokenEncoder(folder: string, body: string): Promise<BrokenEncoder> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'aomenc')
  const script = [
    '#!/bin/sh',
    `real=${findProgram('aomenc') ?? 'aomenc'}`,
    `case " $* " in *" --pass=2 "*) [ -e "${folder}/armed" ] || exec $real "$@" ;; *) exec $real "$@" ;; esac`,
    'before=',
    'for word; do [ "$before" = -o ] && out=$word; before=$word; done',
    body
  ]
  await writeFile(file, `${script.join('\n')}\n`)
  await chmod(file, 0o755)
  return {
    env: { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` },
    arm: async () => writeFile(join(folder, 'armed'), '')
  }
}
