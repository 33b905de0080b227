import { expect, test } from 'vitest'
import { read } from './doc-files.ts'

test('the contents of the protocol name all its sections, in order', async () => {
  const text = await read('docs/protocol.md')
  const contents = text.slice(0, text.search(/^## /m))
  const named = [...contents.matchAll(/(\d+)\. \[([^\]]+)\]/g)].map(([, number, title]) => `${number}. ${title}`)
  const sections = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
  expect(sections.length).toBeGreaterThan(15)
  expect(named).toEqual(sections)
})
