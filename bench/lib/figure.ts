import { z } from 'zod'

/** A number is shown with the digits of its column. */
const cell = z.union([z.string(), z.number()])

const column = z.strictObject({ title: z.string(), digits: z.number().int().min(0).default(0) })

const table = z.strictObject({
  /** What the rows are, where a figure has several tables. */
  caption: z.string().optional(),
  columns: z.array(column),
  rows: z.array(z.array(cell))
})

/** What came out, in a few words: the row of the summary, and of the README where it has `inReadme`. */
const finding = z.strictObject({
  what: z.string(),
  result: z.string(),
  /** What was to be reached, such as `at most 1.15 times`. */
  target: z.strictObject({ text: z.string(), isReached: z.boolean() }).optional(),
  inReadme: z.boolean().default(false)
})

/** Points of the plot in the README: how much of so many machines was used, 1 is all. */
const scaling = z.strictObject({
  of: z.enum(['simulated', 'daemons']),
  points: z.array(z.strictObject({ machines: z.number(), efficiency: z.number() }))
})

/** What a bench measured. */
const measured = z.strictObject({
  title: z.string(),
  /** How it was measured: one sentence each. */
  how: z.array(z.string()),
  tables: z.array(table),
  findings: z.array(finding),
  scaling: scaling.optional()
})

/** On what, with what, when, and beside what it was measured. */
const circumstances = z.strictObject({
  startedAt: z.iso.datetime(),
  seconds: z.number(),
  /** `+` after it: with changes that were not committed. */
  commit: z.string(),
  machine: z.strictObject({ cpu: z.string(), cores: z.number(), memoryMib: z.number(), system: z.string() }),
  /** Of node, grav1, ffmpeg and the encoders that are there. */
  versions: z.record(z.string(), z.string()),
  load: z.strictObject({
    /** Load averages of one minute. */
    before: z.number(),
    after: z.number(),
    /** Cores that other programs took meanwhile, on average; null where the system does not tell. */
    othersCores: z.number().nullable()
  })
})

/** `bench/results/<name>.json` */
export const figureFile = z.strictObject({ name: z.string(), ...measured.shape, ...circumstances.shape })

export type FigureFile = z.infer<typeof figureFile>
export type Measured = z.input<typeof measured>
export type Circumstances = z.infer<typeof circumstances>
export type FigureTable = z.infer<typeof table>
