import { useState } from 'preact/hooks'

const SHOWN_MS = 2000

/** Puts a text on the clipboard, and says so. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [said, setSaid] = useState('')
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setSaid('copied')
    } catch {
      // Over plain HTTP from another machine browsers give no clipboard.
      setSaid('select the text and copy it')
    }
    setTimeout(() => setSaid(''), SHOWN_MS)
  }
  return (
    <button type="button" class="copy" aria-label={`Copy ${what}`} onClick={() => void copy()}>
      <span aria-live="polite">{said === '' ? 'Copy' : said}</span>
    </button>
  )
}
