import { copyText } from './clipboard.ts'
import { toast } from './toasts.tsx'

async function copy(text: string, what: string): Promise<void> {
  if (await copyText(text)) toast({ text: `Copied: ${what}.` })
  else toast({ kind: 'error', text: `The browser does not allow access to the clipboard. Select ${what} and copy it.` })
}

/** Puts a text on the clipboard. `what`: the text in words. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <button type="button" aria-label={`Copy ${what}`} onClick={() => void copy(text, what)}>
      Copy
    </button>
  )
}
