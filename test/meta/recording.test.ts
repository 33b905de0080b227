import { expect, test } from 'vitest'
import { z } from 'zod'
import { read } from './doc-files.ts'

const headerSchema = z.object({ version: z.literal(2), width: z.literal(100), height: z.literal(30) })
const eventSchema = z.tuple([z.number().nonnegative(), z.enum(['o', 'm']), z.string().min(1)])

test('the recording of the terminal is an asciicast that begins with a screen, goes forward in time and ends without the interface', async () => {
  const [header, ...lines] = (await read('docs/images/top.cast')).trimEnd().split('\n')
  headerSchema.parse(JSON.parse(header ?? ''))
  const events = lines.map((line) => eventSchema.parse(JSON.parse(line)))
  const times = events.map(([seconds]) => seconds)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(events.find(([, type]) => type === 'o')?.[2]).toContain('\u001B[2J')
  expect(events.filter(([, type]) => type === 'm').at(-1)?.[2]).toBe('q: quit')
})

test.each(['top.cast', 'top.svg'])('%s tells of no folder, address or person', async (name) => {
  const text = await read(`docs/images/${name}`)
  expect(text.length).toBeLessThan(150_000)
  expect(text.match(/\/(?:home|root|Users|tmp)\b|\d+\.\d+\.\d+\.\d+|\/ip[46]\/|12D3Koo/g)).toBeNull()
})
