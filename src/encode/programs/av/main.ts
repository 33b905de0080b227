import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { errorText } from '../../../common/error-text.ts'
import { thisSystem } from '../../../platform/index.ts'
import { encode } from './encode.ts'
import { AvError, EXIT } from './errors.ts'
import { loadLibrary } from './library.ts'
import { writePairs } from './pairs.ts'

// A program of its own, so that native code which reads what strangers send cannot take the node with it: <file of node-av's lib> encode|pairs|version <options>
const [library = '', command, ...args] = process.argv.slice(2)

const { values } = parseArgs({
  args,
  options: {
    codec: { type: 'string' },
    fourcc: { type: 'string' },
    width: { type: 'string' },
    height: { type: 'string' },
    'pixel-format': { type: 'string' },
    'encode-format': { type: 'string' },
    rate: { type: 'string' },
    option: { type: 'string', multiple: true },
    output: { type: 'string' },
    piece: { type: 'string' },
    skip: { type: 'string' },
    frames: { type: 'string' },
    'piece-width': { type: 'string' },
    'piece-height': { type: 'string' },
    'piece-format': { type: 'string' },
    filters: { type: 'string' },
    encoded: { type: 'string' },
    'frame-bytes': { type: 'string' },
    shift: { type: 'string' }
  }
})

const text = (name: keyof typeof values): string => String(values[name] ?? '')
const number = (name: keyof typeof values): number => Number(values[name] ?? 0)

const filters =
  values.filters === undefined
    ? undefined
    : {
        width: number('piece-width'),
        height: number('piece-height'),
        pixelFormat: text('piece-format'),
        words: values.filters
      }

const piece =
  values.piece === undefined
    ? undefined
    : { file: values.piece, skip: number('skip'), count: number('frames'), filters }

/** The package's `lib` entry is `dist/lib/index.js`. */
function packageVersion(): string {
  const file = join(dirname(library), '../../package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}

async function main(): Promise<void> {
  if (command === 'version') {
    process.stdout.write(`node-av-${packageVersion()}${thisSystem.nativeVariant}\n`)
    return
  }
  const av = await loadLibrary(library)
  if (command === 'pairs' && piece !== undefined) {
    writePairs(av, { piece, encoded: text('encoded'), frameBytes: number('frame-bytes'), shift: number('shift') })
  } else if (command === 'encode') {
    const [num = 0, den = 0] = text('rate').split('/').map(Number)
    encode(av, {
      codec: text('codec'),
      fourcc: text('fourcc'),
      width: number('width'),
      height: number('height'),
      pixelFormat: text('pixel-format'),
      encodeFormat: text('encode-format'),
      rate: { num, den },
      options: values.option ?? [],
      output: text('output'),
      piece
    })
  } else throw new AvError('encode', `there is no ${command}`)
}

await main().catch((error: unknown) => {
  process.stderr.write(`${errorText(error)}\n`)
  process.exitCode = error instanceof AvError ? error.exitCode : EXIT.encode
})
