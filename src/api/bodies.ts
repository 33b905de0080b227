import { z } from 'zod'

/** A number, or a numeric string as some clients send it. */
const number = z.union([
  z.number(),
  z
    .string()
    .trim()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number)
])

/** What becomes of the source's other streams; the words are checked with the source. */
const streams = {
  audio: z.string().min(1).optional(),
  subtitles: z.enum(['copy', 'drop']).optional(),
  attachments: z.enum(['copy', 'drop']).optional()
}

const options = {
  threshold: number.optional(),
  min_frames: number.optional(),
  max_frames: number.optional(),
  priority: number.optional(),
  output: z.string().min(1).optional(),
  overwrite: z.boolean().optional(),
  ...streams,
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

const ZONES_MAX = 1000
const CUTS_MAX = 10_000

const POSITION_CHARS_MAX = 100

/** A frame or a time; what is right is decided where it is read. */
const position = z.union([z.int(), z.string().max(POSITION_CHARS_MAX)])

const zone = z.strictObject({
  start: position,
  end: position,
  encoder: z.string().optional(),
  reset: z.boolean().optional(),
  params: z.string().default(''),
  line: z.int().optional()
})

/** Body of `POST /api/v2/projects`. */
export const submitBody = z.strictObject({
  input: z.string().min(1),
  encoder: z.string().min(1),
  encoderParams: z.string().optional(),
  minFrames: z.number().optional(),
  maxFrames: z.number().optional(),
  threshold: z.number().optional(),
  priority: z.number().optional(),
  output: z.string().min(1).optional(),
  overwrite: z.boolean().optional(),
  ...streams,
  zones: z.array(zone).max(ZONES_MAX).optional(),
  cuts: z.array(position).max(CUTS_MAX).optional(),
  range: z.string().min(1).max(POSITION_CHARS_MAX).optional(),
  sample: z.number().optional(),
  deinterlace: z.boolean().optional()
})

/** The first thing wrong with a body, as a sentence. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues
  if (issue == null) return 'The request is not valid.'
  const field = issue.path.join('.')
  return field === '' ? issue.message : `${field}: ${issue.message}`
}
