/** Even parts are prose, odd ones are code: what stands between two backticks. */
const partsOf = (text: string): readonly string[] => text.split(/`([^`]+)`/)

/** A sentence of the node, whose commands and options stand between backticks. */
export function Sentence({ text }: { readonly text: string }) {
  return <>{partsOf(text).map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>
}

/** The same where nothing but text can stand. */
export const plainSentence = (text: string): string =>
  partsOf(text)
    .map((part, index) => (index % 2 === 1 ? `“${part}”` : part))
    .join('')
