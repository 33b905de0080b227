import { Field, joined } from './field.tsx'
import type { Fields } from './fields.ts'
import type { PartProps } from './form.ts'

/** Fields that hold one text. */
type TextName = Exclude<keyof Fields, 'films'>

export interface TextFieldProps extends PartProps {
  readonly name: TextName
  readonly label: string
  readonly hint?: string
  readonly rows?: number | undefined
  readonly isNumber?: boolean
}

/** A field of one text, of a line or of several. */
export function TextField({ name, label, hint = '', rows, isNumber = false, fields, errors, set }: TextFieldProps) {
  const error = errors[name]
  const shared = {
    ...joined(name, error),
    spellcheck: false,
    value: String(fields[name]),
    onInput: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) =>
      set({ [name]: currentTarget.value })
  }
  return (
    <Field name={name} label={label} hint={hint} error={error}>
      {rows == null ? (
        <input {...shared} autocomplete="off" inputMode={isNumber ? 'decimal' : 'text'} />
      ) : (
        <textarea {...shared} rows={rows} />
      )}
    </Field>
  )
}
