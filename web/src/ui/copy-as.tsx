import { base } from '../api.ts'
import { access } from '../session/session.ts'
import { copyText } from './clipboard.ts'
import { curlLine, grav1Line, type Action } from './quote.ts'
import { toast } from './toasts.tsx'

async function copy(line: string): Promise<void> {
  if (await copyText(line)) toast({ text: `Copied: ${line}` })
  else toast({ kind: 'error', text: `The browser does not allow access to the clipboard. Copy it from here: ${line}` })
}

/** The way to do the same from a shell. `what`: the action in words, for those who do not see where the button stands. */
export function CopyAs({ action, what }: { readonly action: Action | (() => Action); readonly what: string }) {
  const now = (): Action => (typeof action === 'function' ? action() : action)
  const hasCommand = now().command != null
  return (
    <span class="copy-as">
      <button
        type="button"
        class="quiet"
        aria-label={`Copy as curl: ${what}`}
        onClick={() => void copy(curlLine(now(), base.href, access.value !== 'local'))}
      >
        copy as curl
      </button>
      {hasCommand && (
        <button
          type="button"
          class="quiet"
          aria-label={`Copy as grav1 command: ${what}`}
          onClick={() => void copy(grav1Line(now().command ?? [], base.href))}
        >
          copy as grav1 command
        </button>
      )}
    </span>
  )
}
