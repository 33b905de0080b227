/** Where a client stands: all that changed up to this version has reached it. */
export interface Standpoint {
  readonly boot: string
  readonly version: number
  /** Prefixes of the ids of the films that it received. */
  readonly films: readonly string[]
}

const TAG_CHARS = 8

/** The name of a film in an event's id: enough of its id to distinguish it from the few others that one client follows. */
export function filmTag(projectId: string): string {
  return projectId.slice(0, TAG_CHARS)
}

/** `<boot>-<version>`, with the films that it counts for. */
export function formatEventId({ boot, version, films }: Standpoint): string {
  return [boot, version, ...films].join('-')
}

export function parseEventId(id: string): Standpoint | undefined {
  const match = /^([0-9a-z]{1,32})-(\d{1,15})((?:-[0-9a-z]{1,8}){0,8})$/i.exec(id)
  if (match == null) return undefined
  return { boot: match[1] ?? '', version: Number(match[2]), films: (match[3] ?? '').split('-').filter((tag) => tag) }
}
