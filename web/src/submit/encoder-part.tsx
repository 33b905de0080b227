import { useEffect, useState } from 'preact/hooks'
import { answerOf, api } from '../api.ts'
import { sentenceOf } from '../ui/toasts.tsx'
import { Field, joined } from './field.tsx'
import { paramsOf } from './fields.ts'
import { useParamsCheck } from './params-check.ts'
import type { EncoderInfo } from '../../../src/api/schemas/index.ts'
import type { PartProps } from './form.ts'

function useEncoders(): { readonly encoders: readonly EncoderInfo[]; readonly reason: string } {
  const [encoders, setEncoders] = useState<readonly EncoderInfo[]>([])
  const [reason, setReason] = useState('')
  useEffect(() => {
    const load = async (): Promise<void> => {
      try {
        setEncoders(await answerOf(await api.encoders.$get()))
      } catch (error) {
        setReason(sentenceOf(error))
      }
    }
    void load()
  }, [])
  return { encoders, reason }
}

function Flags({ encoder }: { readonly encoder: EncoderInfo }) {
  return (
    <details>
      <summary>What {encoder.program} takes here</summary>
      <dl class="flags" tabIndex={0} aria-label={`Parameters of ${encoder.program}`}>
        {encoder.flags.map(({ flag, takes }) => (
          <div key={flag}>
            <dt>
              <code>{flag}</code>
            </dt>
            <dd>{takes}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

function stateOf({ build, problem }: EncoderInfo): string {
  if (build != null) return ''
  return problem == null ? ', not installed' : ', does not work here'
}

/** Why it cannot be chosen at this node, and what to do. */
function whyNot({ program, build, problem }: EncoderInfo): string | undefined {
  if (build != null) return undefined
  if (problem != null) return `${program} is installed on this node, but does not work there: ${problem}`
  const how = program === 'node-av' ? ' Run "grav1 encoders add" there.' : ''
  return `${program} is not installed on this node.${how}`
}

const hintOf = (chosen: EncoderInfo | undefined): string =>
  chosen == null ? '' : `${chosen.about}${chosen.build == null ? '' : ` Here: ${chosen.build}`}`

/** Encoder, presets, parameters and target quality. */
export function EncoderPart({ fields, errors, set }: PartProps) {
  const { encoders, reason } = useEncoders()
  const chosen = encoders.find(({ name }) => name === fields.encoder)
  const check = useParamsCheck(fields.encoder, paramsOf(fields))
  const used = check?.ok === true ? `Used as: ${check.normalised ?? fields.encoderParams}` : ''
  const verdict = [used, ...(check?.notes ?? [])].join(' ').trim()
  const wrong = errors.encoderParams ?? (check?.ok === false ? check.reason : undefined)
  const encoderError =
    errors.encoder ?? (chosen == null ? undefined : whyNot(chosen)) ?? (reason === '' ? undefined : reason)
  return (
    <>
      <div class="pair">
        <Field name="encoder" label="Encoder" hint={hintOf(chosen)} error={encoderError}>
          <select
            {...joined('encoder', encoderError)}
            value={fields.encoder}
            onChange={({ currentTarget }) => set({ encoder: currentTarget.value, encoderParams: '' })}
          >
            {encoders.length === 0 && <option value={fields.encoder}>{fields.encoder}</option>}
            {encoders.map((one) => (
              <option key={one.name} value={one.name}>
                {one.name} ({one.program}){stateOf(one)}
              </option>
            ))}
          </select>
        </Field>
        <Field name="preset" label="Preset" hint="Sets the parameters">
          <select
            {...joined('preset', undefined)}
            value={chosen?.presets.find(({ params }) => params === fields.encoderParams)?.name ?? ''}
            onChange={({ currentTarget: { value } }) => {
              const preset = chosen?.presets.find(({ name }) => name === value)
              if (preset != null) set({ encoderParams: preset.params })
            }}
          >
            <option value="">{fields.encoderParams === '' ? 'the default' : 'own parameters'}</option>
            {chosen?.presets.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </Field>
      </div>
      <Field name="encoderParams" label="Parameters" hint={verdict} error={wrong}>
        <textarea
          {...joined('encoderParams', wrong)}
          rows={2}
          spellcheck={false}
          placeholder={chosen?.defaultParams ?? ''}
          value={fields.encoderParams}
          onInput={({ currentTarget }) => set({ encoderParams: currentTarget.value })}
        />
      </Field>
      {chosen != null && <Flags encoder={chosen} />}
      <div class="pair">
        <Field name="metric" label="Target quality" hint="Each scene gets the quantiser that reaches this quality">
          <select
            {...joined('metric', undefined)}
            value={fields.metric}
            onChange={({ currentTarget: { value } }) =>
              set({ metric: value === 'psnr' || value === 'ssim' ? value : '' })
            }
          >
            <option value="">none: use the parameters</option>
            <option value="psnr">PSNR, dB</option>
            <option value="ssim">SSIM</option>
          </select>
        </Field>
        {fields.metric !== '' && (
          <Field
            name="target"
            label="At least"
            hint={fields.metric === 'psnr' ? 'e.g. 42' : 'e.g. 0.98'}
            error={errors.target}
          >
            <input
              {...joined('target', errors.target)}
              inputMode="decimal"
              value={fields.target}
              onInput={({ currentTarget }) => set({ target: currentTarget.value })}
            />
          </Field>
        )}
      </div>
    </>
  )
}
