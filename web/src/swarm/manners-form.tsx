import type { NodeStatus } from '../../../src/api/schemas/index.ts'
import { type MannerName, mannerNames, MANNERS } from '../../../src/api/manners/index.ts'

export interface MannersFormProps {
  readonly manners: NonNullable<NodeStatus['manners']>
  readonly disabled: boolean
  readonly change: (manners: Partial<Record<MannerName, string>>) => void
}

/** How this machine behaves as a lent one: a field for each setting of the table, set when it is left. */
export function MannersForm({ manners, disabled, change }: MannersFormProps) {
  return (
    <details class="manners">
      <summary>When and how much this machine encodes</summary>
      <dl class="node-facts">
        {mannerNames.map((name) => (
          <Manner key={name} name={name} text={manners[name] ?? ''} disabled={disabled} change={change} />
        ))}
      </dl>
    </details>
  )
}

interface MannerProps extends Pick<MannersFormProps, 'disabled' | 'change'> {
  readonly name: MannerName
  readonly text: string
}

function Manner({ name, text, disabled, change }: MannerProps) {
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
          value={text}
          disabled={disabled}
          title={`Use ${allowed}.`}
          onChange={({ currentTarget }) => {
            const given = currentTarget.value.trim()
            if (given !== text) change({ [name]: given })
          }}
        />{' '}
        <span class="quiet">{help}</span>
      </dd>
    </>
  )
}
