import { useState } from 'preact/hooks'
import type { NodeStatus } from '../../../src/api/schemas/index.ts'
import { type MannerName, mannerNames, MANNERS } from '../../../src/api/manners/table.ts'
import { answerOf, api } from '../api.ts'
import { mayChange } from '../session/session.ts'
import { toastError } from '../ui/toasts.tsx'

interface MannerProps {
  readonly name: MannerName
  readonly text: string
  readonly disabled: boolean
  readonly set: (text: string) => void
}

function Manner({ name, text, disabled, set }: MannerProps) {
  const { flag, help, allowed } = MANNERS[name]
  return (
    <>
      <dt>
        <label for={`manner-${flag}`}>{flag}</label>
      </dt>
      <dd>
        <input
          id={`manner-${flag}`}
          type="text"
          // Not its value: what is typed stays while the node tells news.
          defaultValue={text}
          disabled={disabled}
          title={`Use ${allowed}.`}
          onChange={({ currentTarget }) => {
            const given = currentTarget.value.trim()
            if (given !== text) set(given)
          }}
        />{' '}
        <span class="quiet">{help}</span>
      </dd>
    </>
  )
}

async function change(name: MannerName, text: string): Promise<void> {
  await answerOf(await api.node.$patch({ json: { manners: { [name]: text } } }))
}

/** When and how much this machine encodes: a field for each setting of the table, set when it is left. */
export function MannersPanel({ manners }: { readonly manners: NonNullable<NodeStatus['manners']> }) {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState(0)
  const set = (name: MannerName, text: string): void => {
    setBusy(true)
    change(name, text)
      .catch((error: unknown) => {
        setRefused((times) => times + 1)
        toastError('The setting was not changed', error)
      })
      .finally(() => setBusy(false))
  }
  return (
    <section class="panel node-panel" aria-labelledby="manners-title">
      <h2 id="manners-title">When and how much this machine encodes</h2>
      <dl class="node-facts">
        {mannerNames.map((name) => (
          <Manner
            key={`${name} ${manners[name]} ${refused}`}
            name={name}
            text={manners[name] ?? ''}
            disabled={busy || !mayChange.value}
            set={(text) => set(name, text)}
          />
        ))}
      </dl>
    </section>
  )
}
