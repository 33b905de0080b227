import {
  submitOption,
  submitOptionNames,
  type FormField,
  type SubmitOptionName
} from '../../../src/api/submit/options.ts'
import { Field, joined } from './field.tsx'
import { isBox } from './fields.ts'
import { TextField } from './text-field.tsx'
import type { PartProps } from './form.ts'

interface OptionProps {
  readonly name: SubmitOptionName
  readonly form: FormField
  readonly part: PartProps
}

function Choice({ name, form, choices, part }: OptionProps & { readonly choices: readonly string[] }) {
  const error = part.errors[name]
  const held = part.fields[name]
  return (
    <Field name={name} label={form.label} hint={form.hint ?? ''} error={error}>
      <select
        {...joined(name, error)}
        value={held === '' ? choices[0] : String(held)}
        onChange={({ currentTarget: { value } }) => part.set({ [name]: value === choices[0] ? '' : value })}
      >
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    </Field>
  )
}

function Box({ name, form, part }: OptionProps) {
  const error = part.errors[name]
  return (
    <>
      <label class="check">
        <input
          {...(error === undefined ? { id: `submit-${name}`, name } : joined(name, error))}
          type="checkbox"
          checked={part.fields[name] === true}
          onChange={({ currentTarget }) => part.set({ [name]: currentTarget.checked })}
        />{' '}
        {form.label}
      </label>
      {error !== undefined && (
        <p id={`submit-${name}-says`} class="says reason" role="alert">
          {error}
        </p>
      )}
    </>
  )
}

function OptionField(props: OptionProps) {
  const { name, form, part } = props
  const option = submitOption(name)
  if (isBox(name)) return <Box {...props} />
  if (option.kind === 'choice') return <Choice {...props} choices={option.choices} />
  const isNumber = option.kind === 'number' || option.kind === 'whole'
  return (
    <TextField {...part} name={name} label={form.label} hint={form.hint ?? ''} rows={form.rows} isNumber={isNumber} />
  )
}

/** Rows of the form; fields of a pair stand beside each other. */
const GROUPS: readonly { readonly group: FormField['group']; readonly isPair?: true }[] = [
  { group: 'output' },
  { group: 'picture', isPair: true },
  { group: 'scenes', isPair: true },
  { group: 'streams', isPair: true },
  { group: 'tags' },
  { group: 'part', isPair: true },
  { group: 'cuts' },
  { group: 'zones' },
  { group: 'more' }
]

const fieldsOf = (group: FormField['group']): { readonly name: SubmitOptionName; readonly form: FormField }[] =>
  submitOptionNames.flatMap((name) => {
    const { form } = submitOption(name)
    return form?.group === group ? [{ name, form }] : []
  })

/** Options that most films do not need, from the table of options. */
export function AdvancedPart(part: PartProps) {
  return (
    <div class="advanced">
      {GROUPS.map(({ group, isPair }) => (
        <div key={group} class={isPair === true ? 'pair' : ''}>
          {fieldsOf(group).map((field) => (
            <OptionField key={field.name} {...field} part={part} />
          ))}
        </div>
      ))}
    </div>
  )
}

/** Whether the part has the field, so that it has to be unfolded to show it. */
export const isAdvanced = (field: string): boolean =>
  (submitOptionNames as readonly string[]).includes(field) && submitOption(field as SubmitOptionName).form !== undefined
