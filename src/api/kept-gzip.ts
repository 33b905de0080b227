import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

type Bytes = Uint8Array<ArrayBuffer>

const pack = promisify(gzip)

/** What a request is answered with, where it is sent again and again. */
const answers = new WeakMap<Request, Bytes>()
/** Goes with the bytes that it was made of. */
const packed = new WeakMap<Bytes, Promise<Bytes>>()

/** Says that the same bytes are the answer to the next request too, as long as nothing changes. */
export function answerStays(request: Request, bytes: Bytes): void {
  answers.set(request, bytes)
}

/** The answer to a request with gzip, made once; undefined where nobody said that it stays. */
export async function gzipOfAnswer(request: Request): Promise<Bytes | undefined> {
  const bytes = answers.get(request)
  if (bytes === undefined) return undefined
  const made = packed.get(bytes) ?? pack(bytes)
  packed.set(bytes, made)
  return made
}
