import { z } from 'zod'

/** What becomes of the source's other streams; the words are checked with the source. */
export const streamChoices = {
  /** `copy` (default), `drop`, `opus`, or `opus:<kbit/s for each channel>`. */
  audio: z.string().min(1).optional(),
  /** Default `copy`. */
  subtitles: z.enum(['copy', 'drop']).optional(),
  /** Default `copy`. */
  attachments: z.enum(['copy', 'drop']).optional()
}

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

/** Body of `POST /api/v2/projects/<id>/output`; a relative path is meant from the source's folder. */
export const outputRequest = z
  .strictObject({ output: z.string().min(1), overwrite: z.boolean().optional() })
  .meta({ id: 'OutputRequest' })

export type OutputRequest = z.infer<typeof outputRequest>

/** Body of `POST /api/v2/projects`; `input` is one path. */
export const submitRequest = z
  .strictObject({
    input: z.string().min(1),
    encoder: z.string().min(1),
    encoderParams: z.string().optional(),
    minFrames: z.number().optional(),
    maxFrames: z.number().optional(),
    threshold: z.number().optional(),
    priority: z.number().optional(),
    output: z.string().min(1).optional(),
    overwrite: z.boolean().optional(),
    /** `same` (default): only encoders that give the bytes of this node's. `compatible`: all that write the same stream header, so the file is not that of one machine. */
    builds: z.enum(['same', 'compatible']).optional(),
    ...streamChoices,
    /** Frames with parameters of their own. */
    zones: z.array(zone).max(ZONES_MAX).optional(),
    /** Frames or times where scenes have to start. */
    cuts: z.array(position).max(CUTS_MAX).optional(),
    /** `<from>-<to>`: only these frames are encoded. */
    range: z.string().min(1).max(POSITION_CHARS_MAX).optional(),
    /** Encode only this many scenes from all over the film, as a sample. */
    sample: z.number().optional(),
    /** Makes interlaced video progressive; frame rate and times stay. */
    deinterlace: z.boolean().optional()
  })
  .meta({ id: 'Submit' })

export type SubmitRequest = z.infer<typeof submitRequest>

export const submitted = z
  .object({ projectId: z.string().min(1), warnings: z.array(z.string()) })
  .meta({ id: 'Submitted' })
