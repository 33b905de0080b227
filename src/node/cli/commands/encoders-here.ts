import { join } from 'node:path'
import { createCanaryCache, findEncoders, type FoundEncoders } from '../../../encode/index.ts'
import { CANARIES_FILE } from '../../disk/file-names.ts'

/** The encoders of this machine, by its programs; what was found before and is still the same program is not tried again. */
export async function encodersHere(dataDir: string): Promise<FoundEncoders> {
  const cache = createCanaryCache(join(dataDir, CANARIES_FILE))
  return findEncoders({ signal: new AbortController().signal, cache })
}
