import { z } from 'zod'

export const encoderInfo = z
  .object({
    name: z.string(),
    /** Other names that a submission may call it by. */
    aliases: z.array(z.string()),
    /** What it is for, in a sentence. */
    about: z.string(),
    program: z.string(),
    /** Version of the program that is installed here, `unknown` if it does not report one; null if it is not installed. */
    version: z.string().nullable(),
    /** The build that is installed here, e.g. `aom/3.6.0/1f2e3d4c`; null if there is none, or it does not work. */
    build: z.string().nullable(),
    /** Why it is installed but does not work here: a sentence with the program's own message. Otherwise null. */
    problem: z.string().nullable(),
    /** The default of a submission without parameters. */
    defaultParams: z.string(),
    /** Bits a sample that it can write. */
    bitDepths: z.array(z.int()),
    /** Flag of the constant quality, and its values: lower is better. */
    quantiser: z.object({ flag: z.string(), min: z.int(), max: z.int() }),
    /** Every flag that it takes: its values in words, and what it does in a sentence; empty `means` where nothing is said of it. */
    flags: z.array(z.object({ flag: z.string(), takes: z.string(), means: z.string() }))
  })
  .meta({ id: 'Encoder' })

export type EncoderInfo = z.infer<typeof encoderInfo>

export const paramsCheck = z
  .object({
    ok: z.boolean(),
    /** A sentence about what is wrong; empty when nothing is. */
    reason: z.string(),
    /** The flag at fault as it was written, where there is one. */
    flag: z.string().nullable(),
    /** Sentences about what is left out or written out. */
    notes: z.array(z.string()),
    /** The parameters as they are used, where they are allowed. */
    normalised: z.string().optional()
  })
  .meta({ id: 'ParamsCheck' })

export type ParamsCheck = z.infer<typeof paramsCheck>
