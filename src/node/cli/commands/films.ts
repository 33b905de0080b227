import { Option } from 'commander'
import type { CommandDefinition } from '../definition.ts'

/** `grav1 verify`: what encodes is loaded only for it. */
export const verifyCommand: CommandDefinition = {
  name: 'verify',
  help: 'check a finished file against its manifest, without a node: the signature, the bytes, and that the video consists of the scenes that were encoded',
  group: 'Films:',
  args: [{ name: '<file>', help: 'the finished file' }],
  options: () => [
    new Option('--manifest <file>', 'its manifest (default: <file>.grav1.json)'),
    new Option('--signer <peer-id>', 'refuse a manifest that another key signed'),
    new Option('--re-encode <n>', 'also encode n random scenes again from the source, and compare the bytes'),
    new Option('--source <file>', 'the source, for --re-encode (default: the file beside the film that has its name)')
  ],
  asks: 'folder',
  json: 'one',
  examples: [
    { line: 'grav1 verify film.aom.mkv', what: '' },
    { line: 'grav1 verify film.aom.mkv --re-encode 3 --source /srv/film.mkv', what: '' }
  ],
  run: async (call) => (await import('./verify.ts')).runVerify(call)
}
