import { useState } from 'preact/hooks'
import type { NodeStatus } from '../../../src/api/schemas/index.ts'
import { answerOf, api } from '../api.ts'
import { mayChange } from '../session/session.ts'
import { ReadOnlyNote } from '../shell/header.tsx'
import { CopyAs } from '../ui/copy-as.tsx'
import { toastError } from '../ui/toasts.tsx'

const KIB = 1024
/** The node takes no smaller limit. */
const RATE_MIN_KIB = 32
const RATE_MAX_KIB = 2 ** 30

type Field = 'uploadLimit' | 'downloadLimit'

const LABELS: Readonly<Record<Field, string>> = { uploadLimit: 'Upload', downloadLimit: 'Download' }

async function change(field: Field, rate: number): Promise<void> {
  await answerOf(await api.node.$patch({ json: { [field]: rate } }))
}

/** How fast pieces and scenes go out and come in. */
export function LimitsPanel({ node: { limits } }: { readonly node: NodeStatus }) {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState(0)
  if (limits == null) return null
  const rates: Readonly<Record<Field, number>> = { uploadLimit: limits.upload, downloadLimit: limits.download }
  const set = (field: Field, kib: number): void => {
    const rate = Number.isNaN(kib) ? 0 : Math.round(kib * KIB)
    if (rate === rates[field]) return
    setBusy(true)
    change(field, rate)
      .catch((error: unknown) => {
        setRefused((times) => times + 1)
        toastError('The limit was not changed', error)
      })
      .finally(() => setBusy(false))
  }
  const text = (rate: number): string => (rate === 0 ? 'none' : `${rate / KIB}KiB/s`)
  return (
    <section class="panel" aria-labelledby="limits-title">
      <h2 id="limits-title">Bandwidth</h2>
      <div class="actions">
        {(['uploadLimit', 'downloadLimit'] as const).map((field) => (
          <label key={field}>
            {LABELS[field]}, KiB/s{' '}
            <input
              // Not its value: what is typed stays while the node tells news.
              key={`${rates[field]} ${refused}`}
              type="number"
              min={RATE_MIN_KIB}
              max={RATE_MAX_KIB}
              step="any"
              placeholder="no limit"
              defaultValue={rates[field] === 0 ? '' : rates[field] / KIB}
              disabled={busy || !mayChange.value}
              onChange={({ currentTarget }) => set(field, currentTarget.valueAsNumber)}
            />
          </label>
        ))}
        <CopyAs
          what="set these limits"
          action={{
            method: 'PATCH',
            path: 'api/v2/node',
            body: rates,
            command: ['bandwidth', '--upload-limit', text(limits.upload), '--download-limit', text(limits.download)]
          }}
        />
      </div>
      <ReadOnlyNote />
      <p class="quiet">
        Each limit is for pieces and scenes, all peers together. Leave a field empty for no limit.{' '}
        {limits.lan ? 'The limits also apply to the local network.' : 'The local network is not limited.'} Other
        messages are not limited.
      </p>
    </section>
  )
}
