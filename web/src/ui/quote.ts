/** A request to the node, and the same as a command of grav1 where there is one. */
export interface Action {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the folder of the page, e.g. `api/v2/projects`. */
  readonly path: string
  readonly body?: unknown
  /** What stands behind `grav1`. */
  readonly command?: readonly string[]
}

/** A word for a POSIX shell, quoted where it has to be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/** `withToken`: the node asks for one; it is taken from the environment, so that it stands in no history. */
export function curlLine({ method, path, body }: Action, base: string, withToken: boolean): string {
  const words = ['curl']
  if (method !== 'GET') words.push('-X', method)
  words.push(shellWord(new URL(path, base).href))
  if (withToken) words.push('-H', '"authorization: Bearer $GRAV1_TOKEN"')
  if (body !== undefined) words.push('-H', "'content-type: application/json'", '-d', shellWord(JSON.stringify(body)))
  return words.join(' ')
}

/** The command names this node, since it may be another than the one of the shell's machine. */
export function grav1Line(command: readonly string[], base: string): string {
  return ['grav1', ...command, '--api', base.replace(/\/$/, '')].map(shellWord).join(' ')
}
