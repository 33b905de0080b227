import { createHmac, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { writeFileAtomic } from '../../storage/index.ts'

const CHARS_MIN = 16
const CHARS_MAX = 4096

/** The secret that deliveries are signed with: of the given file, or one of the node's own that is made when there is none. @throws Error with a sentence */
export async function loadWebhookSecret(given: string | undefined, ownFile: string): Promise<string> {
  const file = given ?? ownFile
  let secret = ''
  try {
    secret = (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if (given != null || (error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new Error(`the webhook secret in ${file} cannot be read: ${(error as Error).message}`, { cause: error })
    secret = randomBytes(32).toString('hex')
    await writeFileAtomic(file, `${secret}\n`)
  }
  if (secret.length < CHARS_MIN || secret.length > CHARS_MAX)
    throw new Error(`the webhook secret in ${file} must have ${CHARS_MIN} to ${CHARS_MAX} characters`)
  return secret
}

/** Of time and body together, so that an old delivery cannot be sent again as a new one. */
export function signDelivery(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
}
