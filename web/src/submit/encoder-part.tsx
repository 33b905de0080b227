import { EncoderFlags } from './encoder-flags.tsx'
import { Field, joined } from './field.tsx'
import { METRICS, paramsOf, readMetric } from './fields.ts'
import { PresetField } from './preset-field.tsx'
import { useEncoders } from './use-encoders.ts'
import { useParamsCheck } from './params-check.ts'
import type { EncoderInfo } from '../../../src/api/schemas/index.ts'
import type { PartProps } from './form.ts'

function stateOf({ build, problem }: EncoderInfo): string {
  if (build != null) return ''
  return problem == null ? ', not installed' : ', does not work here'
}

/** Why it cannot be chosen at this node, and what to do. */
function whyNot({ program, build, problem }: EncoderInfo): string | undefined {
  if (build != null) return undefined
  if (problem != null) return `${program} is installed on this node but does not work: ${problem}`
  const how = program === 'node-av' ? ' Run "grav1 encoders add" on the node.' : ''
  return `${program} is not installed on this node.${how}`
}

const joinParams = (...texts: readonly string[]): string => texts.filter((text) => text !== '').join(' ')

const hintOf = (chosen: EncoderInfo | undefined): string =>
  chosen == null ? '' : `${chosen.about}${chosen.build == null ? '' : ` Here: ${chosen.build}`}`

/** Encoder, preset, parameters and target quality. */
export function EncoderPart(part: PartProps) {
  const { fields, errors, set } = part
  const { encoders, presets, reason } = useEncoders()
  const preset = presets.find(({ name }) => name === fields.preset)
  const chosen = encoders.find(({ name }) => name === fields.encoder)
  const check = useParamsCheck(fields.encoder, joinParams(preset?.params[fields.encoder] ?? '', paramsOf(fields)))
  const used = check?.ok === true ? `The node uses: ${check.normalised ?? fields.encoderParams}` : ''
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
            onChange={({ currentTarget: { value } }) =>
              set({ encoder: value, encoderParams: '', preset: preset?.params[value] === undefined ? '' : preset.name })
            }
          >
            {encoders.length === 0 && <option value={fields.encoder}>{fields.encoder}</option>}
            {encoders.map((one) => (
              <option key={one.name} value={one.name}>
                {one.name} ({one.program}){stateOf(one)}
              </option>
            ))}
          </select>
        </Field>
        <PresetField {...part} presets={presets} />
      </div>
      <Field name="encoderParams" label="Parameters" hint={verdict} error={wrong}>
        <textarea
          {...joined('encoderParams', wrong)}
          rows={2}
          spellcheck={false}
          placeholder={preset == null ? (chosen?.defaultParams ?? '') : 'these override the preset’s'}
          value={fields.encoderParams}
          onInput={({ currentTarget }) => set({ encoderParams: currentTarget.value })}
        />
      </Field>
      {chosen != null && <EncoderFlags encoder={chosen} />}
      <div class="pair">
        <Field name="metric" label="Target quality" hint="Each scene gets the quantiser that reaches this quality">
          <select
            {...joined('metric', undefined)}
            value={fields.metric}
            onChange={({ currentTarget: { value } }) => set({ metric: readMetric(value) })}
          >
            {Object.entries(METRICS).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </Field>
        {fields.metric !== '' && (
          <Field
            name="target"
            label="Quality"
            hint={fields.metric === 'ssim' ? 'e.g. 0.98' : 'e.g. 40, or 40,min-q=20,max-q=50'}
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
