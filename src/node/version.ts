import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { programFolder } from '../common/program-folder.ts'

/** Version of this program, from its package.json. */
export function programVersion(): string {
  const text = readFileSync(join(programFolder, 'package.json'), 'utf8')
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version
}
