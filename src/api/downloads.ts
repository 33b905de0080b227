/** Bytes that lie in a file of this node, or of another one. */
export interface FileBytes {
  readonly bytes: number
  /** Opens a part, both ends included; what comes ends with the client. @throws ApiRefusal */
  readonly read: (first: number, last: number) => Promise<BodyInit>
}

/** The finished file of a project, with a name that is safe to save it under. */
export interface CompletedFile extends FileBytes {
  readonly name: string
  readonly type: string
}

/** Files that clients load, from this node or through it. All of it throws `ApiRefusal`. */
export interface DownloadsSection {
  /** From this node or, where another owns the project, through it. */
  readonly completed: (projectId: string, signal: AbortSignal) => Promise<CompletedFile>
  /** The frames that a scene is encoded from, as a clip for players; `tag` names its bytes. */
  readonly sourceClip: (
    projectId: string,
    scene: number,
    signal: AbortSignal
  ) => Promise<FileBytes & { readonly tag: string }>
}
