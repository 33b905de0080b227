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

/** What the API needs of files. All of it throws `ApiRefusal`. */
export interface FileModules {
  /** From this node or, where another owns the project, through it. */
  readonly completed: (projectId: string, signal: AbortSignal) => Promise<CompletedFile>
  /** The frames that a scene is encoded from, as a clip for players; `tag` names its bytes. */
  readonly sourceClip: (
    projectId: string,
    scene: number,
    signal: AbortSignal
  ) => Promise<FileBytes & { readonly tag: string }>
  /** Names in a folder below the media folders, folders with a slash at the end. Default: what lies in the media folders themselves. */
  readonly list: (folder: string) => Promise<readonly string[]>
}
