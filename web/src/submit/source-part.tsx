import { useEffect, useState } from 'preact/hooks'
import { FilePicker } from './file-picker.tsx'
import { Field, joined } from './field.tsx'
import { sending } from './upload.ts'
import { UploadPart } from './upload-part.tsx'
import type { PartProps } from './form.ts'

/** The film: a path on the node, one of its folders, or a file of this machine. */
export function SourcePart({ fields, errors, set }: PartProps) {
  const [isPicking, setPicking] = useState(false)
  const sent = sending.value?.input ?? ''
  useEffect(() => {
    if (sent !== '') set({ input: sent })
  }, [sent])
  return (
    <>
      <Field name="input" label="Film" hint="A path on the node" error={errors.input}>
        <div class="with-button">
          <input
            {...joined('input', errors.input)}
            autocomplete="off"
            autofocus
            spellcheck={false}
            value={fields.input}
            onInput={({ currentTarget }) => set({ input: currentTarget.value })}
          />
          <button type="button" aria-expanded={isPicking} onClick={() => setPicking(!isPicking)}>
            Browse…
          </button>
        </div>
      </Field>
      {isPicking && (
        <FilePicker
          onPick={(input) => {
            set({ input })
            setPicking(false)
            document.querySelector<HTMLElement>('#submit-input')?.focus()
          }}
        />
      )}
      <UploadPart />
    </>
  )
}
