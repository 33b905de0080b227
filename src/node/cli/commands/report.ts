import { writeFile } from 'node:fs/promises'
import { Option } from 'commander'
import { formatBytes, printable } from '../../../common/text.ts'
import { downloadName } from '../../http/files/download-name.ts'
import { atNode } from '../at-node.ts'
import { type CommandDefinition, say } from '../definition.ts'
import { targetFile } from '../transfer/target-file.ts'
import { untilSignal } from '../until-signal.ts'
import { onProject, PROJECT_ARGUMENT } from './on-project.ts'

/** `grav1 report` */
export const reportCommand: CommandDefinition = {
  name: 'report',
  help: 'write a report of a film as one HTML file: bitrate, quality, the worst scenes, who encoded what',
  group: 'Films:',
  args: [PROJECT_ARGUMENT, { name: '[file]', help: 'file or folder (default: <title>.report.html, in this folder)' }],
  options: () => [new Option('--overwrite', 'replace an existing file')],
  asks: 'node',
  json: 'one',
  run: async (call) =>
    onProject(call, atNode, async ({ client, project }) => {
      const path = await targetFile(call.args[1] ?? '', downloadName(project.title, '.report.html'), call)
      const done = await untilSignal(call.io, async (signal) => {
        const page = await client.report(project.projectId, { signal })
        await writeFile(path, page, { flag: call.options['overwrite'] === true ? 'w' : 'wx' })
        return { path, bytes: Buffer.byteLength(page) }
      })
      if (typeof done === 'string') return done
      say(call, done, `${printable(path)} (${formatBytes(done.bytes)})`)
      return 'ok'
    })
}
