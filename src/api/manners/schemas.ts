import { z } from 'zod'
import { type MannerName, MANNERS } from './table.ts'

const CHARS_MAX = 400

/** A setting as text, in the form in which it is kept. */
export const mannerText = (name: MannerName): z.ZodType<string> =>
  z.preprocess(
    (value) => (typeof value === 'number' ? String(value) : value),
    z
      .string()
      .trim()
      .toLowerCase()
      .max(CHARS_MAX)
      .superRefine((text, context) => {
        try {
          MANNERS[name].read(text)
        } catch (error) {
          const why = error instanceof TypeError ? error.message : 'it is not valid'
          context.addIssue({ code: 'custom', message: `${why}; use ${MANNERS[name].allowed}` })
        }
      })
  )

/** Some of the settings, for a change. */
export const mannersChange = z.strictObject({
  schedule: mannerText('schedule').optional(),
  whenIdle: mannerText('whenIdle').optional(),
  onBattery: mannerText('onBattery').optional(),
  maxTemperature: mannerText('maxTemperature').optional(),
  maxCpu: mannerText('maxCpu').optional(),
  maxPicture: mannerText('maxPicture').optional(),
  maxCache: mannerText('maxCache').optional()
})
