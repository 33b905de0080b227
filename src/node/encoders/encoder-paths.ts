import { usePrograms } from '../../encode/index.ts'
import { findEncoder } from '../../encode/rules/index.ts'
import type { Config } from '../config/types.ts'

/** Has this process use the programs of the configuration for its encoders. @throws ParamsError for an encoder that there is not */
export function useEncoderPaths({ encoderPath }: Pick<Config, 'encoderPath'>): void {
  const paths = encoderPath.map((given) => {
    const at = given.indexOf('=')
    return [findEncoder(given.slice(0, at)).program, given.slice(at + 1)] as const
  })
  usePrograms(new Map(paths))
}
