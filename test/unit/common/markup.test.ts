import { expect, test } from 'vitest'
import { escapedCell, escapedMarkup } from '../../../src/common/markup.ts'

test.for([
  ['<b title="x">R&D\'s</b>', '&lt;b title=&quot;x&quot;&gt;R&amp;D&#39;s&lt;/b&gt;'],
  ['&lt;', '&amp;lt;'],
  [']]>', ']]&gt;'],
  ['two\nlines\u0001\u007F\u0085', 'two lines   '],
  ['half\uD800, not a character\uFFFE', 'half\uFFFD, not a character '],
  ['film 映画 🎞', 'film 映画 🎞']
] as const)('%j as markup', ([text, escaped]) => {
  expect(escapedMarkup(text)).toBe(escaped)
})

test('a cell holds neither a border nor a tag', () => {
  expect(escapedCell('a|b <id>')).toBe('a\\|b &lt;id>')
})
