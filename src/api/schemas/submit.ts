import { z } from 'zod'
import { submitOption, submitOptionNames, type SubmitOption, type submitOptions } from '../submit/options.ts'

const ZONES_MAX = 5000
const CUTS_MAX = 10_000
const WORDS_MAX = 100
const WORD_CHARS_MAX = 1000

const POSITION_CHARS_MAX = 100

/** A frame or a time; the code that reads it validates it. */
const position = z.union([z.int(), z.string().max(POSITION_CHARS_MAX)])

const zone = z.strictObject({
  start: position,
  end: position,
  encoder: z.string().optional(),
  reset: z.boolean().optional(),
  params: z.string().default(''),
  line: z.int().optional()
})

/** Schemas of kinds that need nothing of the option itself. */
const schemas = {
  switch: z.boolean(),
  text: z.string(),
  path: z.string().min(1),
  number: z.number(),
  // The owner refuses anything that is not a whole number, with the reason.
  whole: z.number(),
  positions: z.array(position).max(CUTS_MAX),
  words: z.array(z.string().min(1).max(WORD_CHARS_MAX)).max(WORDS_MAX),
  zones: z.array(zone).max(ZONES_MAX)
}

type SchemaOf<Option> = Option extends { readonly kind: 'choice'; readonly choices: readonly (infer Choice)[] }
  ? z.ZodEnum<{ [Word in Choice & string]: Word }>
  : Option extends { readonly kind: infer Kind extends keyof typeof schemas }
    ? (typeof schemas)[Kind]
    : never

function schemaOf(option: SubmitOption): z.ZodType {
  if (option.kind === 'choice') return z.enum(option.choices)
  if (option.kind !== 'text') return schemas[option.kind]
  const text = z.string().min(option.mayBeEmpty === true ? 0 : 1)
  return option.charsMax === undefined ? text : text.max(option.charsMax)
}

type OptionFields = {
  [Name in keyof typeof submitOptions]: z.ZodOptional<SchemaOf<(typeof submitOptions)[Name]>>
}

/** An optional field for each option. */
export const optionFields = Object.fromEntries(
  submitOptionNames.map((name) => {
    const option = submitOption(name)
    return [
      name,
      schemaOf(option)
        .optional()
        .meta({ description: descriptionOf(option) })
    ]
  })
) as unknown as OptionFields

function descriptionOf({ help, standard }: SubmitOption): string {
  return standard === undefined ? help : `${help} (default: ${standard})`
}

/** Body of `POST /api/v2/projects/<id>/output`; a relative path is meant from the source's folder. */
export const outputRequest = z
  .strictObject({ output: z.string().min(1), overwrite: z.boolean().optional() })
  .meta({ id: 'OutputRequest' })

export type OutputRequest = z.infer<typeof outputRequest>

/** Body of `POST /api/v2/projects`; `input` is one path. */
export const submitRequest = z
  .strictObject({ input: z.string().min(1), encoder: z.string().min(1), ...optionFields })
  .meta({ id: 'Submit' })

export type SubmitRequest = z.infer<typeof submitRequest>

export const submitted = z
  .object({
    projectId: z.string().min(1),
    /** The project was there before, with the same source, output and parameters. */
    attached: z.boolean(),
    warnings: z.array(z.string())
  })
  .meta({ id: 'Submitted' })
