import { parse } from 'node:path'
import { Option } from 'commander'
import { formatBytes, printable } from '../../../common/text.ts'
import { downloadName } from '../../http/files/download-name.ts'
import { atNode } from '../at-node.ts'
import { type Call, type CommandDefinition, say } from '../definition.ts'
import { CliError } from '../errors.ts'
import { targetFile } from '../transfer/target-file.ts'
import { fetchManifest } from '../transfer/fetch-manifest.ts'
import { fetchResult } from '../transfer/fetch-result.ts'
import { createTransferDisplay } from '../transfer/transfer-display.ts'
import { untilSignal } from '../until-signal.ts'
import { onProject, PROJECT_ARGUMENT, type OnProject } from './on-project.ts'

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

async function download(call: Call, { client, project }: OnProject, signal: AbortSignal) {
  const { projectId, outputSha256: sha256, outputBytes: bytes } = project
  if (project.state !== 'completed' || sha256 === null || bytes === null)
    throw new CliError('not-allowed', `${printable(project.title)} has no finished file: it is ${project.state}.`)
  const name = nameIn(await client.completedName(projectId, { signal }))
  const target = await targetFile(call.args[1] ?? '', name, call)
  const { terminal } = call.io
  // Lines elsewhere would mix with what comes after.
  const display =
    call.json || terminal === undefined
      ? undefined
      : createTransferDisplay(call.io, { event: 'fetching', name: project.title, json: false, fields: {} })
  const overwrite = call.options['overwrite'] === true
  const init = { target, overwrite, signal, onProgress: display?.update }
  await fetchResult(client, { projectId, sha256, bytes }, init).finally(() => display?.stop())
  const problem = await fetchManifest(client, { projectId, sha256, bytes }, init)
  if (problem !== undefined) call.io.err(problem)
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
