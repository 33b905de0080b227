import { access } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { pages, read, ROOT } from './doc-files.ts'

/** The anchor that a heading gets: lower case, without punctuation, spaces as hyphens. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')

const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '')

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
      const headings = [...withoutCode(await read(target)).matchAll(/^#+ (.*)$/gm)].map((heading) => heading[1] ?? '')
      if (!headings.map(anchorOf).includes(anchor)) problems.push(`${page}: ${link} has no such heading`)
    }
  }
  return problems
}

test('every relative link of the documentation leads somewhere', async () => {
  const all = await pages()
  expect(all).toContain('README.md')
  expect((await Promise.all(all.map(problemsOf))).flat()).toEqual([])
})
