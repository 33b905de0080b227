import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { inviteInfo } from '../../api/schemas/index.ts'
import { writeFileAtomic } from '../../storage/index.ts'

/** An invitation as it is kept: the public half of its ticket's key lets nobody in. */
export const storedInvite = inviteInfo.omit({ state: true }).extend({
  ticket: z.string().regex(/^[0-9a-f]{64}$/),
  isRevoked: z.boolean(),
  /** Peer ids that the user refused. */
  refused: z.array(z.string())
})

export type StoredInvite = z.infer<typeof storedInvite>

/** @throws Error with a sentence where the file is there and does not hold invitations */
export async function readInvites(file: string): Promise<readonly StoredInvite[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]'
    throw error
  })
  try {
    return z.array(storedInvite).parse(JSON.parse(text))
  } catch (cause) {
    throw new Error(`The file of invitations ${file} cannot be read; delete it to revoke all invitations in it.`, {
      cause
    })
  }
}

export const writeInvites = async (file: string, invites: readonly StoredInvite[]): Promise<void> =>
  writeFileAtomic(file, `${JSON.stringify(invites, undefined, 2)}\n`)
