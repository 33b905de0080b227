import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isAlive } from '../../common/is-alive.ts'
import { CliError } from './errors.ts'
import { trustCertificate } from './trust-certificate.ts'

/** What a node writes to `<dataDir>/api.json` while it runs. */
export const apiFile = z.object({
  url: z.url({ protocol: /^https?$/ }),
  pid: z.int().positive(),
  addresses: z.array(z.string()).optional(),
  /** What it speaks TLS with, where it does. */
  certificate: z.string().optional()
})

/** Content of `<dataDir>/api.json`. */
export type ApiFile = z.infer<typeof apiFile>

/** The node a command talks to. */
export interface NodeTarget {
  readonly url: string
  readonly token: string | undefined
  /** True when the user named it, so that nothing else will do. */
  readonly explicit: boolean
}

/** Where to look for a node. */
export interface FindNodeInit {
  /** `--api` */
  readonly api?: string | undefined
  /** `--token` */
  readonly token?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly dataDir: string
}

/** Where a node's API is when nobody says otherwise. */
export const defaultApiUrl = 'http://127.0.0.1:7899'

/** The node that runs on `dataDir`, or undefined. */
export async function readApiFile(dataDir: string): Promise<ApiFile | undefined> {
  try {
    const parsed = apiFile.safeParse(JSON.parse(await readFile(join(dataDir, 'api.json'), 'utf8')))
    return parsed.success && isAlive(parsed.data.pid) ? parsed.data : undefined
  } catch {
    return undefined
  }
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

function sameNode(a: string, b: string): boolean {
  const [left, right] = [new URL(a), new URL(b)]
  if (left.origin === right.origin) return true
  const local = loopback.has(left.hostname) && loopback.has(right.hostname)
  return local && left.port === right.port && left.protocol === right.protocol
}

function checkedUrl(api: string, origin: string): string {
  const url = URL.parse(api)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.origin
  throw new CliError('usage', `${origin}: "${api}" is not allowed; use a URL such as ${defaultApiUrl}.`)
}

/**
 * The node to talk to: `--api` or `GRAV1_API`, else the one that runs on the data folder, else {@link defaultApiUrl}. The token is
 * `--token` or `GRAV1_TOKEN`; the one in the data folder is sent only to the node that runs on that folder.
 */
export async function findNode({ api, token, env, dataDir }: FindNodeInit): Promise<NodeTarget> {
  const named = api ?? (env['GRAV1_API'] || undefined)
  const running = await readApiFile(dataDir)
  const url =
    named === undefined ? (running?.url ?? defaultApiUrl) : checkedUrl(named, api === undefined ? 'GRAV1_API' : '--api')
  const isRunning = running !== undefined && sameNode(running.url, url)
  if (isRunning && running.certificate !== undefined) await trustCertificate(running.certificate)
  let secret = token ?? (env['GRAV1_TOKEN'] || undefined)
  if (secret === undefined && isRunning) {
    secret = await readFile(join(dataDir, 'api-token'), 'utf8').then(
      (text) => text.trim() || undefined,
      () => undefined
    )
  }
  return { url, token: secret, explicit: named !== undefined }
}
