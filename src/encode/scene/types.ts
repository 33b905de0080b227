import type { EncoderName, EncoderParams, PictureFilters, VideoFormat } from '../rules/index.ts'

export interface EncodeSceneInput {
  readonly pieceFile: string
  readonly skip: number
  readonly frames: number
  /** How decoded frames become those of `video`. Default: they are those. */
  readonly filters?: PictureFilters | undefined
  readonly inputHash: string
  readonly encoder: EncoderName
  readonly params: EncoderParams
  readonly video: VideoFormat
  readonly threads: number
  /** Niceness of decoder and encoder, 0..19. */
  readonly nice: number
  /** Private, existing, empty folder. */
  readonly workDir: string
  readonly onProgress: (progress: { readonly pass: 1 | 2; readonly frames: number }) => void
}

export interface EncodedScene {
  /** IVF file in `workDir`; the caller takes it over. */
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  /** The quantiser chosen to reach the project's quality; undefined if the parameters set it. */
  readonly quantiser: number | undefined
  readonly encodeMs: number
}

/** Without an input hash only the number of frames is checked: for trials, which take a part of a scene. */
export type PassInput = Omit<EncodeSceneInput, 'inputHash'> & { readonly inputHash: string | undefined }
