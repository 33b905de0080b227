import { z } from 'zod'
import { streamChoices } from './schemas/index.ts'

/** A number, or a numeric string as some clients send it. */
const number = z.union([
  z.number(),
  z
    .string()
    .trim()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number)
])

const options = {
  threshold: number.optional(),
  min_frames: number.optional(),
  max_frames: number.optional(),
  priority: number.optional(),
  output: z.string().min(1).optional(),
  overwrite: z.boolean().optional(),
  builds: z.enum(['same', 'compatible']).optional(),
  ...streamChoices,
  deinterlace: z.boolean().optional()
}

/** Body of the documented `/api/add_project`. */
export const addProjectBody = z.object({
  input: z.union([
    z
      .string()
      .min(1)
      .transform((one) => [one]),
    z.array(z.string().min(1)).min(1).max(100)
  ]),
  encoder: z.string().min(1),
  encoder_params: z.string().optional(),
  ...options
})

export const modifyProjectBody = z.object({ priority: z.unknown().optional() })

/** The first thing wrong with a body, as a sentence. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues
  if (issue == null) return 'The request is not valid.'
  const field = issue.path.join('.')
  return field === '' ? issue.message : `${field}: ${issue.message}`
}

/** The field that it is in; undefined where the body itself is wrong. */
export function firstField(error: z.ZodError): string | undefined {
  const [issue] = error.issues
  const name = issue?.path[0] ?? (issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined)
  return name === undefined ? undefined : String(name)
}
