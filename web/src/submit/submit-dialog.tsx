import { useEffect, useRef, useState } from 'preact/hooks'
import { plural } from '../format.ts'
import { goTo } from '../router.ts'
import { mayChange } from '../session/session.ts'
import { CopyAs } from '../ui/copy-as.tsx'
import { toast } from '../ui/toasts.tsx'
import { AdvancedPart, isAdvanced } from './advanced-part.tsx'
import { submitAction } from './command.ts'
import { DryRunPart } from './dry-run-part.tsx'
import { EncoderPart } from './encoder-part.tsx'
import { fieldsOf } from './fields-of.ts'
import { filmsOf, requestsOf, type Errors, type Fields } from './fields.ts'
import { keepChoices, keptChoices, withoutFilm } from './kept-choices.ts'
import { isSubmitOpen, prefill } from './open.ts'
import { dryRun, errorsOf, refusalsText, submitAll } from './send.ts'
import { SourcePart } from './source-part.tsx'
import { TextField } from './text-field.tsx'
import type { DryRun, SubmitRequest } from '../../../src/api/schemas/index.ts'

type Busy = '' | 'submit' | 'dry-run'

/** Films are submitted here. What was typed stays when the dialog is closed and opened again. */
let kept: Fields = keptChoices()

function begin(): Fields {
  if (prefill.value != null) kept = fieldsOf(prefill.value)
  prefill.value = undefined
  return kept
}

export function SubmitDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  const advanced = useRef<HTMLDetailsElement>(null)
  const abort = useRef(new AbortController())
  const [fields, setFields] = useState(begin)
  const [errors, setErrors] = useState<Errors>({})
  const [busy, setBusy] = useState<Busy>('')
  const [results, setResults] = useState<readonly DryRun[]>([])

  useEffect(() => {
    dialog.current?.showModal()
    return () => abort.current.abort()
  }, [])

  const set = (change: Partial<Fields>): void => {
    kept = { ...kept, ...change }
    setFields(kept)
    setErrors((now) => Object.fromEntries(Object.entries(now).filter(([name]) => !(name in change) && name !== 'form')))
    setResults([])
  }

  function show(wrong: Errors): void {
    setErrors(wrong)
    if (Object.keys(wrong).some(isAdvanced) && advanced.current != null) advanced.current.open = true
    const [first] = Object.keys(wrong)
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`#submit-${first ?? ''}`)?.focus())
  }

  async function withRequests(what: Busy, run: (requests: readonly SubmitRequest[]) => Promise<void>): Promise<void> {
    if (busy !== '') return
    const asked = requestsOf(fields)
    if (asked.errors != null) return show(asked.errors)
    setBusy(what)
    setErrors({})
    try {
      await run(asked.requests)
    } catch (error) {
      if (!abort.current.signal.aborted) show(errorsOf(error))
    } finally {
      setBusy('')
    }
  }

  function leave(submitted: readonly { readonly projectId: string; readonly warnings: readonly string[] }[]): void {
    const [first, ...others] = submitted
    if (first == null) return
    kept = withoutFilm(fields)
    dialog.current?.close()
    if (others.length === 0) goTo({ page: 'project', projectId: first.projectId, scene: undefined })
    else goTo({ page: 'projects' })
    const said = others.length === 0 ? 'Film submitted.' : `${plural(submitted.length, 'film')} submitted.`
    toast({ text: [said, ...new Set(submitted.flatMap(({ warnings }) => warnings))].join(' ') })
  }

  const send = async (): Promise<void> =>
    withRequests('submit', async (requests) => {
      keepChoices(fields)
      const { submitted, refused } = await submitAll(requests)
      if (refused.length === 0) return leave(submitted)
      // What was taken is not to be sent twice.
      const films = filmsOf(fields).filter(({ input }) => refused.some(({ request }) => request.input === input))
      const [first] = refused
      if (requests.length === 1) return show(errorsOf(first?.error))
      set({ films, input: '' })
      show({ form: refusalsText(films, submitted.length, refused) })
    })

  const tryOut = async (withScenes: boolean): Promise<void> =>
    withRequests('dry-run', async (requests) => {
      const found: DryRun[] = []
      for (const request of requests) {
        found.push(await dryRun(request, withScenes, abort.current.signal))
        setResults([...found])
      }
    })

  const part = { fields, errors, set }
  // A button that is disabled loses the focus, so while something runs it only says that it does nothing.
  const usable = { disabled: !mayChange.value, 'aria-disabled': busy !== '' }
  const asked = requestsOf(fields)
  return (
    <dialog
      ref={dialog}
      class="submit"
      aria-labelledby="submit-title"
      onClose={() => {
        isSubmitOpen.value = false
      }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <h2 id="submit-title">Submit a film</h2>
        <SourcePart {...part} />
        <EncoderPart {...part} />
        <TextField {...part} name="priority" label="Priority" hint="Lower is sooner; default 0" isNumber />
        <details ref={advanced}>
          <summary>More options</summary>
          <AdvancedPart {...part} />
        </details>
        {errors.form != null && (
          <p class="reason lines" role="alert">
            {errors.form}
          </p>
        )}
        {results.map((result, index) => (
          <DryRunPart key={index} result={result} />
        ))}
        <div class="buttons">
          <button type="submit" class="primary" {...usable}>
            {busy === 'submit' ? 'Submitting…' : 'Submit'}
          </button>
          <button type="button" {...usable} onClick={() => void tryOut(false)}>
            {busy === 'dry-run' ? 'Analysing…' : 'Dry run'}
          </button>
          <button type="button" {...usable} onClick={() => void tryOut(true)}>
            Dry run with scenes
          </button>
          <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
            Close
          </button>
          {asked.requests?.length === 1 && <CopyAs what="this submission" action={submitAction(asked.requests[0])} />}
        </div>
      </form>
    </dialog>
  )
}
