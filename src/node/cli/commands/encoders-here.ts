import { join } from 'node:path'
import { createCanaryCache, findEncoders, type FoundEncoders } from '../../../encode/index.ts'
import type { Config } from '../../config/types.ts'
import { CANARIES_FILE } from '../../disk/file-names.ts'
import { useEncoderPaths } from '../../encoders/encoder-paths.ts'
import type { Call } from '../definition.ts'

/** The encoders of this machine, by its programs; what was found before and is still the same program is not tried again. */
export async function encodersHere(config: Pick<Config, 'dataDir' | 'encoderPath'>): Promise<FoundEncoders> {
  useEncoderPaths(config)
  const cache = createCanaryCache(join(config.dataDir, CANARIES_FILE))
  return findEncoders({ signal: new AbortController().signal, cache })
}

/** The same for a command, which has a configuration. */
export async function encodersOf({ config }: Pick<Call, 'config'>): Promise<FoundEncoders> {
  if (config === undefined) throw new Error('the command was called without a configuration')
  return encodersHere(config)
}
