import type { UploadStatus } from './schemas/index.ts'

/** Films that are sent from a browser. */
export interface UploadsSection {
  /** A request of the tus protocol, with its body as a stream. */
  readonly handle: (request: Request) => Promise<Response>
  readonly list: () => Promise<readonly UploadStatus[]>
}
