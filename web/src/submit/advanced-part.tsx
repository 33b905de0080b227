import { Field, joined } from './field.tsx'
import { TextField } from './text-field.tsx'
import type { PartProps } from './form.ts'

function Keep({ name, label, part }: { name: 'subtitles' | 'attachments'; label: string; part: PartProps }) {
  const error = part.errors[name]
  return (
    <Field name={name} label={label} error={error}>
      <select
        {...joined(name, error)}
        value={part.fields[name]}
        onChange={({ currentTarget: { value } }) => part.set({ [name]: value === 'drop' ? 'drop' : 'copy' })}
      >
        <option value="copy">copy</option>
        <option value="drop">drop</option>
      </select>
    </Field>
  )
}

/** What most films do not need. */
export function AdvancedPart(part: PartProps) {
  const { fields, set } = part
  return (
    <div class="advanced">
      <TextField {...part} name="output" label="Output" hint=".mkv, .webm or .mp4; left out: beside the source" />
      <label class="check">
        <input
          type="checkbox"
          checked={fields.overwrite}
          onChange={({ currentTarget }) => set({ overwrite: currentTarget.checked })}
        />{' '}
        Replace an existing output
      </label>
      <div class="pair">
        <TextField {...part} name="minFrames" label="Shortest scene" hint="Frames; default 24" isNumber />
        <TextField {...part} name="maxFrames" label="Longest scene" hint="Frames; default 10 seconds" isNumber />
        <TextField {...part} name="threshold" label="Threshold" hint="0 to 255; smaller finds more cuts" isNumber />
      </div>
      <div class="pair">
        <TextField {...part} name="audio" label="Audio" hint="copy, drop, opus, or opus:<kbit/s a channel>" />
        <Keep part={part} name="subtitles" label="Subtitles" />
        <Keep part={part} name="attachments" label="Attachments" />
      </div>
      <div class="pair">
        <TextField {...part} name="range" label="Range" hint="00:01:00-00:02:30, 1200f-, -00:10" />
        <TextField {...part} name="sample" label="Sample" hint="Encode only this many scenes, as a sample" isNumber />
      </div>
      <TextField {...part} name="cuts" label="Cuts" hint="Frames or times where scenes have to start" rows={2} />
      <TextField
        {...part}
        name="zones"
        label="Zones"
        hint="One a line: <start> <end> [encoder] [reset] <parameters>; -1 is the end"
        rows={3}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={fields.deinterlace}
          onChange={({ currentTarget }) => set({ deinterlace: currentTarget.checked })}
        />{' '}
        Make interlaced video progressive
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={fields.compatible}
          onChange={({ currentTarget }) => set({ compatible: currentTarget.checked })}
        />{' '}
        Let other versions of the encoder help; the file then differs from the one that a single machine makes
      </label>
    </div>
  )
}
