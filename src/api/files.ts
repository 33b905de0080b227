import type { Directory, EncoderInfo, ParamsCheck } from './schemas/index.ts'

/** What lies below the media folders. */
export interface FilesSection {
  /** Without a path the media folders themselves; undefined for what is no folder below one of them. */
  readonly list: (path?: string) => Promise<Directory | undefined>
}

/** What can be encoded with. */
export interface EncodersSection {
  readonly list: () => Promise<readonly EncoderInfo[]>
  /** The same after another look at the programs of this machine. */
  readonly look: () => Promise<readonly EncoderInfo[]>
  /** Undefined for an encoder that is not known. */
  readonly check: (encoder: string, params: string) => Promise<ParamsCheck | undefined>
}
