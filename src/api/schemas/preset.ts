import { z } from 'zod'
import { presetOptionNames, type PresetOptionName } from '../submit/options.ts'
import { optionFields } from './submit.ts'

type PresetFields = { [Name in PresetOptionName]: (typeof optionFields)[Name] }

/** What a preset sets besides parameters, by the names of a submission's fields. */
export const presetOptions = z
  .strictObject(Object.fromEntries(presetOptionNames.map((name) => [name, optionFields[name]])) as PresetFields)
  .meta({ id: 'PresetOptions' })

export const preset = z
  .object({
    name: z.string(),
    /** What it is for, in a sentence; may be empty. */
    about: z.string(),
    /** It comes from the config file of this node. */
    own: z.boolean(),
    /** By the name of the encoder; it is for these only. They suit the versions that are installed here. */
    params: z.record(z.string(), z.string()),
    options: presetOptions
  })
  .meta({ id: 'Preset' })

export type Preset = z.infer<typeof preset>
