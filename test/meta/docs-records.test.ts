import { expect, test } from 'vitest'
import { filesBelow, pages, read, withoutCode } from './doc-files.ts'

/** Decision records by number. */
async function records(): Promise<Map<string, string>> {
  return new Map((await filesBelow('docs/adr', '.md')).map((file) => [/(\d{4})-/.exec(file)?.[1] ?? file, file]))
}

test('each decision has a number of its own, in its name and in its heading', async () => {
  const files = await filesBelow('docs/adr', '.md')
  expect((await records()).size).toBe(files.length)
  for (const file of files) {
    const number = /^docs\/adr\/(\d{4})-[a-z\d-]+\.md$/.exec(file)?.[1]
    expect(await read(file), file).toMatch(new RegExp(`^# ${number}[.:]? `))
  }
})

test('a link that names a decision leads to it, and every decision that is named is there', async () => {
  const known = await records()
  const problems: string[] = []
  for (const page of await pages()) {
    const text = withoutCode(await read(page))
    for (const [, name = '', target = ''] of text.matchAll(/\[[^\]]*ADR (\d{4})[^\]]*\]\(([^)\s]+)\)/g))
      if (!new RegExp(`(?:^|/)${name}-[^/]*$`).test(target)) problems.push(`${page}: ADR ${name} leads to ${target}`)
    for (const [, name = ''] of text.matchAll(/\bADR (\d{4})\b/g))
      if (!known.has(name)) problems.push(`${page}: there is no ADR ${name}`)
  }
  expect(problems).toEqual([])
})

test('a comment names only decisions that are there', async () => {
  const known = await records()
  const files = (
    await Promise.all(['src', 'test', 'scripts', 'web/src'].map((folder) => filesBelow(folder, '.ts')))
  ).flat()
  for (const file of files)
    for (const [, name = ''] of (await read(file)).matchAll(/\bADR (\d{4})\b/g))
      expect(known.has(name), `${file}: ADR ${name}`).toBe(true)
})
