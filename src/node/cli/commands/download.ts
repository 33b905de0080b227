import { createHash, randomBytes, type Hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { dirname, join, parse, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Option } from 'commander'
import { formatBytes, printable } from '../../../common/text.ts'
import { linkAs, moveOver, syncFile } from '../../../platform/index.ts'
import { downloadName } from '../../http/files/download-name.ts'
import { atNode } from '../at-node.ts'
import { type Call, type CommandDefinition, say } from '../definition.ts'
import { CliError } from '../errors.ts'
import { untilSignal } from '../until-signal.ts'
import { onProject, PROJECT_ARGUMENT, type OnProject } from './on-project.ts'
import type { ReadableStream as WebStream } from 'node:stream/web'

/** The name that the node gives the file (RFC 6266), made safe: it is text of another machine. */
export function nameIn(disposition: string): string {
  const encoded = /filename\*=UTF-8''(?<name>[^;]+)/.exec(disposition)?.groups?.['name'] ?? ''
  const { name, ext } = parse(decoded(encoded))
  return downloadName(name, /^\.[a-z0-9]{1,5}$/i.test(ext) ? ext : '')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

/** Where the file goes: below a folder under its own name. @throws {@link CliError} `usage` where it would replace a file */
async function targetOf(given: string, name: string, { io, options }: Call): Promise<string> {
  const path = resolve(io.cwd, given)
  const found = await stat(path).catch(() => undefined)
  const target = found?.isDirectory() === true ? join(path, name) : path
  const isTaken = target === path ? found !== undefined : (await stat(target).catch(() => undefined)) !== undefined
  if (isTaken && options['overwrite'] !== true)
    throw new CliError('usage', `${target} already exists; name another file or add --overwrite.`)
  if ((await stat(dirname(target)).catch(() => undefined))?.isDirectory() !== true)
    throw new CliError('usage', `There is no folder ${dirname(target)}.`)
  return target
}

async function* hashed(body: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    hash.update(chunk)
    yield chunk
  }
}

interface Download {
  readonly response: Response
  readonly target: string
  readonly sha256: string
  readonly overwrite: boolean
  readonly signal: AbortSignal
}

/** Writes aside and gives the file its name when all of it is there and has its hash. @returns its bytes */
async function write({ response, target, sha256, overwrite, signal }: Download): Promise<number> {
  const aside = `${target}.${randomBytes(4).toString('hex')}.part`
  const hash = createHash('sha256')
  try {
    const body = Readable.fromWeb((response.body ?? new Blob([]).stream()) as WebStream<Uint8Array>)
    await pipeline(hashed(body, hash), createWriteStream(aside, { flags: 'wx' }), { signal })
    if (hash.digest('hex') !== sha256)
      throw new CliError('damaged-download', 'The download is not the finished file: its SHA-256 differs. Try again.')
    await syncFile(aside)
    if (overwrite) await moveOver(aside, target)
    else await linkAs(aside, target)
    return (await stat(target)).size
  } finally {
    await rm(aside, { force: true })
  }
}

async function download(call: Call, { client, project }: OnProject, signal: AbortSignal) {
  const { projectId, outputSha256: sha256 } = project
  if (project.state !== 'completed' || sha256 === null)
    throw new CliError('not-allowed', `${printable(project.title)} has no finished file: it is ${project.state}.`)
  const response = await client.completed(projectId, { signal })
  const name = nameIn(response.headers.get('content-disposition') ?? '')
  const target = await targetOf(call.args[1] ?? '', name, call).catch(async (error: unknown) => {
    await response.body?.cancel()
    throw error
  })
  const bytes = await write({ response, target, sha256, overwrite: call.options['overwrite'] === true, signal })
  return { path: target, bytes, sha256 }
}

/** `grav1 download` */
export const downloadCommand: CommandDefinition = {
  name: 'download',
  help: 'fetch the finished file of a project through the node, and check it',
  group: 'Films:',
  args: [PROJECT_ARGUMENT, { name: '[file]', help: 'file or folder (default: its own name, in this folder)' }],
  options: () => [new Option('--overwrite', 'replace an existing file')],
  asks: 'node',
  json: 'one',
  run: async (call) =>
    onProject(call, atNode, async (on) => {
      const done = await untilSignal(call.io, async (signal) => download(call, on, signal))
      if (typeof done === 'string') return done
      say(call, done, `${printable(done.path)} (${formatBytes(done.bytes)})`)
      return 'ok'
    })
}
