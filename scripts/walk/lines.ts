/** A command of the README. */
export interface Line {
  /** The heading that it stands under. */
  readonly heading: string
  /** As it stands there, without its comment. */
  readonly text: string
}

/** `#` begins a comment where a space is before it and no quote is open: none of the README's commands has one in quotes. */
const withoutComment = (line: string): string => line.replace(/(^|\s)#\s.*$/, '').trim()

/** The shell commands of a page of Markdown, in order. A line that ends in a backslash goes on in the next one. */
export function shellLines(markdown: string): Line[] {
  const lines: Line[] = []
  let heading = ''
  let isShell = false
  for (const line of markdown.replaceAll(/\\\n\s*/g, '').split('\n')) {
    if (line.startsWith('```')) isShell = line === '```sh'
    else if (isShell && withoutComment(line) !== '') lines.push({ heading, text: withoutComment(line) })
    else if (!isShell && /^#+ /.test(line)) heading = line.replace(/^#+ /, '')
  }
  return lines
}
