import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createApiBench } from '../../fixtures/api-bench.ts'

test('the page and its files are the built ones; the page is asked for each time, its files are kept', async () => {
  const bench = createApiBench()
  const page = await bench.request('/')
  expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache'])
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  const html = await page.text()
  expect(html).toBe(await readFile('web/dist/index.html', 'utf8'))
  const named = [...html.matchAll(/(?:src|href)="\.\/assets\/([^"]+)"/g)].map((match) => match[1] ?? '')
  const files = await readdir('web/dist/assets')
  expect(named.length).toBeGreaterThan(1)
  expect(files).toEqual(expect.arrayContaining(named))
  for (const file of files) {
    const answer = await bench.request(`/assets/${file}`)
    expect([file, answer.status, answer.headers.get('cache-control')]).toEqual([
      file,
      200,
      'public, max-age=31536000, immutable'
    ])
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(await readFile(`web/dist/assets/${file}`))
  }
})

test.for([
  '/assets/none.js',
  '/assets/..%2Findex.html',
  '/assets/%2e%2e/index.html',
  '/assets/index.html',
  '/index.html'
])('%s is not there', async (path) => {
  expect((await createApiBench().request(path)).status).toBe(404)
})
