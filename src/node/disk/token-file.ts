import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { tokenInfo } from '../../api/schemas/index.ts'
import { writeFileAtomic } from '../../storage/index.ts'

/** A token as it is kept: nobody can read from it what the token was. */
export const storedToken = tokenInfo.extend({ sha256: z.string().regex(/^[0-9a-f]{64}$/) })

export type StoredToken = z.infer<typeof storedToken>

/** @throws Error where the file is there and does not hold tokens */
export async function readTokens(file: string): Promise<readonly StoredToken[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]'
    throw error
  })
  return z.array(storedToken).parse(JSON.parse(text))
}

export const writeTokens = async (file: string, tokens: readonly StoredToken[]): Promise<void> =>
  writeFileAtomic(file, `${JSON.stringify(tokens, undefined, 2)}\n`)
