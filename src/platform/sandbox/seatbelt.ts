import type { Box, Sandbox } from './types.ts'

/** Folders of users and their programs' data. */
const HIDDEN = ['/Users', '/Volumes', '/private/var', '/private/tmp', '/private/etc', '/Library/Keychains', '/Network']

/** Parts of them that every program needs. */
const SHOWN = ['/private/var/db/dyld', '/private/var/db/timezone', '/private/etc/localtime']

const quoted = (path: string): string => `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

const paths = (filter: 'subpath' | 'literal', list: readonly string[]): string =>
  list.map((path) => `(${filter} ${quoted(path)})`).join(' ')

const rule = (verdict: string, what: string, where: string): string[] =>
  where === '' ? [] : [`(${verdict} ${what} ${where})`]

/**
 * A profile of macOS's sandbox: no network, no file of a user but the named ones, nothing written but the named files. The last rule that fits counts.
 * It allows what else the system offers, since no list of what programs need there is documented.
 */
export function seatbeltProfile({ reads, writes, mayStartOthers }: Box): string {
  return [
    '(version 1)',
    '(allow default)',
    '(deny network*)',
    '(deny mach-register)',
    '(deny file-write*)',
    ...(mayStartOthers ? [] : ['(deny process-fork)']),
    ...rule('deny', 'file-read-data', paths('subpath', HIDDEN)),
    ...rule('allow', 'file-read*', paths('subpath', [...SHOWN, ...reads])),
    ...rule('allow', 'file-read* file-write*', paths('literal', [...writes, '/dev/null']))
  ].join('\n')
}

/** macOS's own program for it. */
export const createSeatbelt = (program: string): Sandbox => ({
  name: 'sandbox-exec',
  boxed: (words, box) => ({ words: [program, '-p', seatbeltProfile(box), ...words], filter: undefined })
})
