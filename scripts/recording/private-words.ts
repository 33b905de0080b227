import { homedir, hostname, networkInterfaces, tmpdir, userInfo } from 'node:os'

/** Shorter ones occur in any text. */
const CHARS_MIN = 4

/** What tells of this machine and its user: names, folders, and the addresses that others reach it at. */
export function wordsOfThisMachine(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all = []) =>
    all.filter(({ internal }) => !internal).map(({ address }) => address)
  )
  return [userInfo().username, hostname(), homedir(), tmpdir(), process.cwd(), ...addresses]
}

/** Those of the words that the text has. */
export const foundWords = (text: string, words: readonly string[]): string[] =>
  words.filter((word) => word.length >= CHARS_MIN && text.toLowerCase().includes(word.toLowerCase()))
