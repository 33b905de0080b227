import { escapedMarkup } from '../../common/markup.ts'

/** Text that is HTML already. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = Markup | string | number | readonly Markup[]

function textOf(part: Part): string {
  if (part instanceof Markup) return part.text
  return typeof part === 'object' ? part.map(({ text }) => text).join('') : escapedMarkup(String(part))
}

/** HTML from a template: whatever is put in is escaped, for text and for values in quotes, unless it is HTML already. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(texts.reduce((all, text, index) => all + textOf(parts[index - 1] ?? '') + text))
}

export const NOTHING = new Markup('')
