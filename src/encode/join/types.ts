import type { EncoderName, FilmWords, KeptTime, PictureFilters, SourceInfo, StreamChoice } from '../rules/index.ts'

export interface JoinInput extends FilmWords {
  /** With the picture that is encoded. */
  readonly source: SourceInfo
  /** How that is made of the source's own. Default: it is that. */
  readonly filters?: PictureFilters | undefined
  readonly encoder: EncoderName
  /** IVF files in scene order with their frame counts, and the sha-256 (hex) that each has to have, where it is known. */
  readonly segments: readonly { readonly file: string; readonly frames: number; readonly sha256?: string }[]
  /** Whether each segment, by its sha-256, was decoded from its first to its last frame before, without an error. Otherwise the film is. Default false. */
  readonly decoded?: boolean | undefined
  readonly timestampsMs: readonly number[]
  /** What else of the source goes in. Default: everything, copied. */
  readonly streams?: StreamChoice | undefined
  /** The numbers by which a Matroska source and others find each other become the film's, which is .mkv. Default false. */
  readonly keepUids?: boolean | undefined
  /** Only the video goes in, without chapters and tags. Default false. */
  readonly videoOnly?: boolean
  /** Only this part of the other streams is taken, and its start becomes 0. */
  readonly kept?: KeptTime | undefined
  /** Final path, whose ending names the container; must not exist unless `overwrite`. Written under another name beside it first. */
  readonly output: string
  readonly overwrite: boolean
  readonly workDir: string
  /** Called when everything is read and checked, before the file gets its name; an exception ends the join. Default: nothing. */
  readonly confirm?: (made: JoinedFile) => Promise<void>
  readonly onProgress: (fraction: number) => void
}

export interface JoinedFile {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  readonly frames: number
  /** Of each scene: the hash of its packets in the film, as `readFilmPackets` reads them. */
  readonly packets: readonly string[]
}
