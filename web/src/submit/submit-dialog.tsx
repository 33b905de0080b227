import { useEffect, useRef, useState } from 'preact/hooks'
import { goTo } from '../router.ts'
import { mayChange } from '../session/session.ts'
import { CopyAs } from '../ui/copy-as.tsx'
import { toast } from '../ui/toasts.tsx'
import { AdvancedPart, isAdvanced } from './advanced-part.tsx'
import { submitAction } from './command.ts'
import { DryRunPart } from './dry-run-part.tsx'
import { EncoderPart } from './encoder-part.tsx'
import { EMPTY, requestOf, type Errors, type Fields } from './fields.ts'
import { isSubmitOpen } from './open.ts'
import { dryRun, errorsOf, submit } from './send.ts'
import { SourcePart } from './source-part.tsx'
import { TextField } from './text-field.tsx'
import { sending } from './upload.ts'
import type { DryRun, SubmitRequest } from '../../../src/api/schemas/index.ts'

type Busy = '' | 'submit' | 'dry-run'

/** A film is submitted here. What was typed stays when the dialog is closed and opened again. */
let kept: Fields = EMPTY

export function SubmitDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  const advanced = useRef<HTMLDetailsElement>(null)
  const abort = useRef(new AbortController())
  const [fields, setFields] = useState(kept)
  const [errors, setErrors] = useState<Errors>({})
  const [busy, setBusy] = useState<Busy>('')
  const [result, setResult] = useState<DryRun>()

  useEffect(() => {
    dialog.current?.showModal()
    return () => abort.current.abort()
  }, [])

  const set = (change: Partial<Fields>): void => {
    kept = { ...kept, ...change }
    setFields(kept)
    setErrors((now) => Object.fromEntries(Object.entries(now).filter(([name]) => !(name in change) && name !== 'form')))
    setResult(undefined)
  }

  function show(wrong: Errors): void {
    setErrors(wrong)
    if (Object.keys(wrong).some(isAdvanced) && advanced.current != null) advanced.current.open = true
    const [first] = Object.keys(wrong)
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`#submit-${first ?? ''}`)?.focus())
  }

  async function withRequest(what: Busy, run: (request: SubmitRequest) => Promise<void>): Promise<void> {
    if (busy !== '') return
    const asked = requestOf(fields)
    if (asked.errors != null) return show(asked.errors)
    setBusy(what)
    setErrors({})
    try {
      await run(asked.request)
    } catch (error) {
      if (!abort.current.signal.aborted) show(errorsOf(error))
    } finally {
      setBusy('')
    }
  }

  const send = async (): Promise<void> =>
    withRequest('submit', async (request) => {
      const { projectId, warnings } = await submit(request)
      kept = { ...kept, input: '', output: '' }
      if (sending.value?.status === 'done') sending.value = undefined
      dialog.current?.close()
      goTo({ page: 'project', projectId, scene: undefined })
      toast({ text: ['Film submitted.', ...warnings].join(' ') })
    })

  const tryOut = async (withScenes: boolean): Promise<void> =>
    withRequest('dry-run', async (request) => setResult(await dryRun(request, withScenes, abort.current.signal)))

  const part = { fields, errors, set }
  // A button that is disabled loses the focus, so while something runs it only says that it does nothing.
  const usable = { disabled: !mayChange.value, 'aria-disabled': busy !== '' }
  const asked = requestOf(fields)
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
          <p class="reason" role="alert">
            {errors.form}
          </p>
        )}
        {result != null && <DryRunPart result={result} />}
        <div class="buttons">
          <button type="submit" class="primary" {...usable}>
            {busy === 'submit' ? 'Submitting…' : 'Submit'}
          </button>
          <button type="button" {...usable} onClick={() => void tryOut(false)}>
            {busy === 'dry-run' ? 'Looking at the film…' : 'Dry run'}
          </button>
          <button type="button" {...usable} onClick={() => void tryOut(true)}>
            Dry run with scenes
          </button>
          <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
            Close
          </button>
          {asked.errors == null && <CopyAs what="this submission" action={submitAction(asked.request)} />}
        </div>
      </form>
    </dialog>
  )
}
