import { useState } from 'preact/hooks'
import { nameOf } from '../people.ts'
import { mayChange } from '../session/session.ts'
import { CopyAs } from '../ui/copy-as.tsx'
import { sentenceOf, toast } from '../ui/toasts.tsx'
import { actionOf, setOutput } from './commands.ts'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

/** Gives the finished file another place, at the project's owner. */
export function OutputForm({ project: { projectId, title, owner, own } }: { readonly project: ProjectStatus }) {
  const [output, setText] = useState('')
  const [replaces, setReplaces] = useState(false)
  const [error, setError] = useState('')
  const [isSending, setIsSending] = useState(false)
  const overwrite = own && replaces
  const id = `output-${projectId}`

  const send = async (): Promise<void> => {
    setIsSending(true)
    try {
      await setOutput(projectId, output, overwrite)
      setError('')
      toast({ text: `${title} will be written to ${output}` })
    } catch (fault) {
      setError(sentenceOf(fault))
    } finally {
      setIsSending(false)
    }
  }

  return (
    <form
      class={`output-form${error === '' ? '' : ' wrong'}`}
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <label for={id}>Write the finished file to</label>
      <input
        id={id}
        required
        spellcheck={false}
        autocomplete="off"
        placeholder="other.mkv"
        aria-describedby={`${id}-says`}
        aria-invalid={error !== ''}
        value={output}
        disabled={!mayChange.value}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="submit" disabled={!mayChange.value || isSending || output === ''}>
        Change the output
      </button>
      {own && (
        <label>
          <input
            type="checkbox"
            checked={replaces}
            disabled={!mayChange.value}
            onChange={({ currentTarget }) => setReplaces(currentTarget.checked)}
          />{' '}
          Replace an existing file
        </label>
      )}
      {output !== '' && (
        <CopyAs what={`output of ${title}`} action={() => actionOf.setOutput(projectId, output, overwrite)} />
      )}
      <p id={`${id}-says`} class="says">
        {error !== '' && (
          <span class="reason" role="alert">
            {error}{' '}
          </span>
        )}
        <span class="sub">
          A .mkv, .webm or .mp4 {own ? 'on this node' : `on ${nameOf(owner)}, below one of its media folders`}; a file
          name without a folder goes beside the source.
        </span>
      </p>
    </form>
  )
}
