import { Field, joined } from './field.tsx'
import type { Preset } from '../../../src/api/schemas/index.ts'
import type { PartProps } from './form.ts'

/** What a preset stands for with an encoder, in words. */
function standsFor({ about, params, options }: Preset, encoder: string): string {
  const more = Object.entries(options).map(([name, value]) => `${name} ${String(value)}`)
  return [about, [params[encoder] ?? '', ...more].filter((part) => part !== '').join(', ')].join(' ').trim()
}

/** Presets of the node for the encoder; what one stands for is said below. */
export function PresetField({ fields, errors, set, presets }: PartProps & { readonly presets: readonly Preset[] }) {
  const able = presets.filter(({ params }) => params[fields.encoder] !== undefined)
  const chosen = able.find(({ name }) => name === fields.preset)
  const hint = chosen == null ? 'Sets the parameters' : standsFor(chosen, fields.encoder)
  return (
    <Field name="preset" label="Preset" hint={hint} error={errors.preset}>
      <select
        {...joined('preset', errors.preset)}
        value={chosen?.name ?? ''}
        onChange={({ currentTarget: { value } }) => set({ preset: value })}
      >
        <option value="">none</option>
        {able.map(({ name, own }) => (
          <option key={name} value={name}>
            {name}
            {own ? ' (this node’s own)' : ''}
          </option>
        ))}
      </select>
    </Field>
  )
}
