import { createHash, randomBytes } from 'node:crypto'
import { ApiRefusal } from '../../api/refusal.ts'
import type { TokensPort } from '../../api/ports.ts'
import type { TokenInfo } from '../../api/schemas/index.ts'
import { createInOrder } from '../../common/in-order.ts'
import { createListeners } from '../../common/listeners.ts'
import { readTokens, writeTokens, type StoredToken } from '../disk/token-file.ts'
import type { Logger } from '../../swarm/index.ts'

export interface TokensComponents {
  readonly log: Logger
  /** Keeps a token out of the log. */
  readonly hide: (secret: string) => void
  readonly nowMs?: () => number
}

/** Tokens that are made and revoked while the node runs. */
export interface Tokens extends TokensPort {
  /** Writes down when each was last used. */
  readonly stop: () => Promise<void>
}

const TOKENS_MAX = 100
const TOKEN_BYTES = 32
const ID_BYTES = 6
const MINUTE_MS = 60_000
/** When a token was last used is written so often; a crash loses no more. */
const KEEP_MS = 5 * MINUTE_MS

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

const infoOf = ({ id, name, access, createdAtMs, usedAtMs }: StoredToken): TokenInfo => ({
  id,
  name,
  access,
  createdAtMs,
  usedAtMs
})

/** @throws Error with a sentence where the file is damaged: without it nobody knows which tokens were revoked */
async function tokensIn(file: string): Promise<readonly StoredToken[]> {
  try {
    return await readTokens(file)
  } catch (cause) {
    throw new Error(`The file of access tokens ${file} cannot be read; delete it to revoke all tokens in it.`, {
      cause
    })
  }
}

/** The tokens of a file, by their hashes: 256 random bits need no salt. @throws Error with a sentence */
export async function createTokens({ log, hide, nowMs = Date.now }: TokensComponents, file: string): Promise<Tokens> {
  let tokens = await tokensIn(file)
  let keptMs = nowMs()
  const inOrder = createInOrder()
  const revoked = createListeners<string>()

  /** What cannot be written down does not count. */
  async function change(next: readonly StoredToken[]): Promise<void> {
    try {
      await writeTokens(file, next)
    } catch (cause) {
      throw new ApiRefusal('not-kept', 503, 'The tokens could not be saved; see the log.', { cause })
    }
    tokens = next
    keptMs = nowMs()
  }

  function used(token: StoredToken | undefined): TokenInfo | undefined {
    if (token === undefined) return undefined
    // Nobody wants to read that it was used before it was made.
    const usedAtMs = Math.max(token.createdAtMs, Math.floor(nowMs() / MINUTE_MS) * MINUTE_MS)
    if (token.usedAtMs === usedAtMs) return infoOf(token)
    tokens = tokens.map((one) => (one.id === token.id ? { ...one, usedAtMs } : one))
    if (nowMs() - keptMs > KEEP_MS) void keepUses()
    return { ...infoOf(token), usedAtMs }
  }

  /** Only people read it: what fails is left out. */
  async function keepUses(): Promise<void> {
    keptMs = nowMs()
    await inOrder(async () => writeTokens(file, tokens)).catch((error: unknown) =>
      log.warn({ err: error }, 'could not write down when tokens were used')
    )
  }

  return {
    list: () => tokens.map(infoOf),
    find: (token) => {
      const sha256 = hashOf(token)
      return used(tokens.find((one) => one.sha256 === sha256))
    },
    of: (id) => used(tokens.find((one) => one.id === id)),
    make: async ({ name, access }) =>
      inOrder(async () => {
        if (tokens.some((one) => one.name === name))
          throw new ApiRefusal('name-taken', 409, `A token "${name}" already exists.`, { field: 'name' })
        if (tokens.length >= TOKENS_MAX)
          throw new ApiRefusal('too-many-tokens', 409, `There are ${TOKENS_MAX} tokens already; revoke one first.`)
        const token = randomBytes(TOKEN_BYTES).toString('hex')
        hide(token)
        const id = randomBytes(ID_BYTES).toString('hex')
        const made = { id, name, access, createdAtMs: nowMs(), usedAtMs: null, sha256: hashOf(token) }
        await change([...tokens, made])
        log.info({ token: name, access }, 'an access token was made')
        return { ...infoOf(made), token }
      }),
    revoke: async (id) =>
      inOrder(async () => {
        const gone = tokens.find((one) => one.id === id)
        if (gone === undefined) throw new ApiRefusal('not-found', 404, 'There is no such token.')
        await change(tokens.filter((one) => one.id !== id))
        log.info({ token: gone.name }, 'an access token was revoked')
        revoked.tell(id)
      }),
    onRevoked: revoked.add,
    stop: async () => (tokens.length === 0 ? undefined : keepUses())
  }
}
