import type { ComponentChildren } from 'preact'

export interface FieldProps {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly error?: string | undefined
  readonly children: ComponentChildren
}

/** A control with its label, what it takes, and what is wrong with what it holds. The control has the id `submit-<name>` and is described by `submit-<name>-says`. */
export function Field({ name, label, hint = '', error = '', children }: FieldProps) {
  return (
    <div class={`field${error === '' ? '' : ' wrong'}`}>
      <label for={`submit-${name}`}>{label}</label>
      {children}
      <p id={`submit-${name}-says`} class="says">
        {error !== '' && (
          <span class="reason" role="alert">
            {error}{' '}
          </span>
        )}
        {hint !== '' && <span class="sub">{hint}</span>}
      </p>
    </div>
  )
}

/** Attributes that join a control to its `Field`. */
export const joined = (name: string, error: string | undefined) => ({
  id: `submit-${name}`,
  name,
  'aria-describedby': `submit-${name}-says`,
  'aria-invalid': error != null
})
