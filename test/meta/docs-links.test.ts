import { access } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { pages, read, ROOT, withoutCode } from './doc-files.ts'

/** The anchor that a heading gets: lower case, without punctuation, spaces as hyphens. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')

async function problemsOf(page: string): Promise<string[]> {
  const problems: string[] = []
  for (const match of withoutCode(await read(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
    const link = match[1] ?? ''
    if (/^[a-z]+:/.test(link)) continue
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? page : join(dirname(page), path)
    const exists = await access(join(ROOT, target)).then(
      () => true,
      () => false
    )
    if (!exists) problems.push(`${page}: ${link}`)
    else if (anchor !== undefined && target.endsWith('.md')) {
      if (!anchorsOf(await read(target)).includes(anchor)) problems.push(`${page}: ${link} has no such heading`)
    }
  }
  return problems
}

/** Anchors of a page; a heading that stands there again gets a number. */
function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>()
  return [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const anchor = anchorOf(heading)
    const times = seen.get(anchor) ?? 0
    seen.set(anchor, times + 1)
    return times === 0 ? anchor : `${anchor}-${times}`
  })
}

test('every relative link of the documentation leads somewhere', async () => {
  const all = await pages()
  expect(all).toContain('README.md')
  expect((await Promise.all(all.map(problemsOf))).flat()).toEqual([])
})
