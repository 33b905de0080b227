import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { lookUpProgram } from '../../src/encode/index.ts'

/** What a scene costs. */
export interface SleepInit {
  /** From the start of the encoder to its end. */
  readonly seconds: number
  /** Frames of a scene. A clip of another length is a trial, and costs no sleep. */
  readonly frames: number
}

const STEPS = 4

/** Encodes with the real program, and then only sleeps, with progress four times. */
function script(real: string, { seconds, frames }: SleepInit): string {
  const lines = [
    '#!/bin/bash',
    'out=; before=',
    'for word; do [ "$before" = -b ] && out=$word; before=$word; done',
    `[ -n "$out" ] || exec ${real} "$@"`,
    'began=${EPOCHREALTIME//[.,]/}',
    `${real} "$@" 2>/dev/null; code=$?`,
    `[ $code = 0 ] && [ $(od -An -tu4 -j24 -N4 "$out") = ${frames} ] || exit $code`,
    `for step in $(seq ${STEPS}); do`,
    `  left=$((began + step * ${Math.round((seconds * 1e6) / STEPS)} - \${EPOCHREALTIME//[.,]/}))`,
    '  [ $left -gt 0 ] && sleep $(printf %d.%06d $((left / 1000000)) $((left % 1000000)))',
    `  printf 'Encoding frame %4d 100.00 kbps 1.00 fps\\r' $((step * ${frames} / ${STEPS})) >&2`,
    'done'
  ]
  return `${lines.join('\n')}\n`
}

/** A PATH on which SVT-AV1 sleeps. It gives the same bytes as the program, so an owner without it has the same build. */
export async function sleepingPath(folder: string, sleep: SleepInit): Promise<string> {
  const real = lookUpProgram('SvtAv1EncApp')
  if (real === undefined) throw new Error('SvtAv1EncApp is not installed')
  const sleeping = join(folder, 'SvtAv1EncApp')
  await mkdir(folder, { recursive: true })
  await writeFile(sleeping, script(real, sleep))
  await chmod(sleeping, 0o755)
  return [folder, process.env['PATH']].join(delimiter)
}
