import { expect, test } from 'vitest'
import { createOutputBook, type OutputBookComponents } from '../../../../src/node/owner/output-book.ts'
import type { WaitingSubmission } from '../../../../src/node/owner/intake.ts'

const OUTPUT = '/films/a.aom.mkv'

function bench(waiting: readonly string[] = []) {
  const submissions = waiting.map((projectId) => ({
    submission: { projectId, options: { output: OUTPUT }, wish: {} } as unknown as WaitingSubmission
  }))
  const projects = { stored: new Map(), running: () => undefined, jobOf: () => undefined }
  const intake = { list: () => submissions }
  return createOutputBook({ projects, intake, book: { views: new Map() } } as unknown as OutputBookComponents)
}

test('a name that is kept for a submission is nobody else’s, until it is given back', () => {
  const book = bench()
  const giveBack = book.reserve(OUTPUT)
  expect(giveBack).toBeDefined()
  expect(book.reserve(OUTPUT)).toBeUndefined()
  expect(book.reserve('/films/b.aom.mkv')).toBeDefined()
  // Another project asks for it as its new place.
  expect(() => book.check(OUTPUT, 'p1')).toThrow('a film that is being submitted already writes')
  giveBack?.()
  expect(() => book.check(OUTPUT, 'p1')).not.toThrow()
})

test('a name that a project has cannot be kept, and the project itself may ask for it', () => {
  const book = bench(['p1'])
  expect(book.reserve(OUTPUT)).toBeUndefined()
  expect(() => book.check(OUTPUT, 'p1')).not.toThrow()
  expect(() => book.check(OUTPUT, 'p2')).toThrow('project p1 already writes')
})
