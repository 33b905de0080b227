import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pages, read, ROOT, withoutCode } from './doc-files.ts'

/** Sentences and rows of tables that say what is not there yet. */
const yets = (text: string): string[] =>
  withoutCode(text)
    .split(/\n(?=[*|#]|\n)/)
    .filter((part) => /\b(?:nobody|nothing|not|no [\w -]+) yet\b/i.test(part))

/** What is not there yet is promised for a time that comes, so a test, a decision or the limits has to say how it stands. */
const NAMES = /\(adr\/\d{4}-|\[ADR \d{4}\]|`test\/[\w/.-]+`|limits\.md#/

test('every limit that is said to be one only for now names a decision or a test', async () => {
  const bullets = (await read('docs/limits.md')).split(/\n(?=\* )/).slice(1)
  expect(bullets.length).toBeGreaterThan(50)
  expect(bullets.filter((bullet) => /\byet\b/i.test(bullet) && !NAMES.test(bullet))).toEqual([])
})

test('no page says of a capability that it is not there yet without a word on how it stands', async () => {
  const all = (await pages()).filter((page) => !page.startsWith('docs/adr/') && page !== 'CHANGELOG.md')
  for (const page of all)
    expect(
      yets(await read(page)).filter((part) => !isState(part) && !NAMES.test(part)),
      page
    ).toEqual([])
})

/** Where it is said of a thing at one time of its life, not of grav1. */
const STATES = [/no frame yet/, /no finished file yet/, /no slot is free yet/, /no probe yet/, /were not taken yet/]
const isState = (part: string): boolean => STATES.some((state) => state.test(part))

test('tests that pages name are there', async () => {
  for (const page of await pages())
    for (const [, file = ''] of (await read(page)).matchAll(/`(test\/[\w/.-]+\.ts)`/g))
      await expect(access(join(ROOT, file)), `${page}: ${file}`).resolves.toBeUndefined()
})
