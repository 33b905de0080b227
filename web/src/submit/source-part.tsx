import { useEffect, useState } from 'preact/hooks'
import { ChosenFilms } from './chosen-films.tsx'
import { FilePicker } from './file-picker.tsx'
import { Field, joined } from './field.tsx'
import { forgetSending, sendings } from './upload.ts'
import { UploadPart } from './upload-part.tsx'
import type { ChosenFilm } from './fields.ts'
import type { PartProps } from './form.ts'

const baseName = (path: string): string => path.replace(/^.*[/\\]/, '')

/** The films: paths on the node, from its folders, or files of this computer. */
export function SourcePart({ fields, errors, set }: PartProps) {
  const [isPicking, setPicking] = useState(false)
  const add = (films: readonly ChosenFilm[]): void => {
    const known = new Set(fields.films.map(({ input }) => input))
    set({ films: [...fields.films, ...films.filter(({ input }) => !known.has(input))] })
  }
  const sent = sendings.value.filter(({ status }) => status === 'done')
  useEffect(() => {
    if (sent.length === 0) return
    add(sent.map(({ input, name }) => ({ input, name: `${name}, uploaded` })))
    for (const { id } of sent) forgetSending(id)
  }, [sent.length])
  const close = (): void => {
    setPicking(false)
    document.querySelector<HTMLElement>('#submit-input')?.focus()
  }
  const hint = fields.films.length === 0 ? 'A path on the node' : 'A path on the node, to add another film'
  return (
    <>
      <ChosenFilms
        films={fields.films}
        remove={(input) => set({ films: fields.films.filter((film) => film.input !== input) })}
      />
      <Field name="input" label="Film" hint={hint} error={errors.input}>
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
            close()
          }}
          onPickAll={(paths) => {
            add(paths.map((input) => ({ input, name: baseName(input) })))
            close()
          }}
        />
      )}
      <UploadPart />
    </>
  )
}
