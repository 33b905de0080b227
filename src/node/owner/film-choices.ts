import { z } from 'zod'

/** What a submission says of the whole film, and its job keeps as it was said. A new option that is a plain value is a line here, a row of `src/api/submit/options.ts`, and its use. */
export const filmChoices = z.object({
  /** How many frames the source has to have. */
  frames: z.number().optional(),
  /** How many scenes are encoded, to judge the whole by. */
  sample: z.number().optional(),
  /** Interlaced frames become progressive ones before they are encoded. */
  deinterlace: z.boolean().optional(),
  /** What of the picture is encoded, in which size and depth, as it was said: see `parsePicture`. */
  crop: z.string().optional(),
  scale: z.string().optional(),
  fit: z.string().optional(),
  depth: z.enum(['8', '10', '12']).optional(),
  /** The film is found by other files as the source is. */
  keepUids: z.boolean().optional(),
  /** Of the film, in place of the source's; empty for none. */
  title: z.string().optional(),
  /** Tags in place of the source's, each as `NAME=value`. */
  tag: z.array(z.string()).optional(),
  /** Whether a manifest is written beside the film. Default `write`. */
  manifest: z.enum(['write', 'none']).optional()
})

/** What is left out has its default. */
export type GivenChoices = Readonly<z.infer<typeof filmChoices>>

/** What holds where nobody says anything. */
const STANDARD = { deinterlace: false, keepUids: false, manifest: 'write' } as const

export type FilmChoices = GivenChoices & { readonly [Name in keyof typeof STANDARD]: NonNullable<GivenChoices[Name]> }

/** These of a submission or a job, as they were given. */
export const givenChoices = (from: GivenChoices): GivenChoices => filmChoices.parse(from)

/** The same, with their defaults. */
export function choicesOf(from: GivenChoices): FilmChoices {
  const given = Object.entries(givenChoices(from)).filter(([, value]) => value !== undefined)
  return { ...STANDARD, ...Object.fromEntries(given) }
}
