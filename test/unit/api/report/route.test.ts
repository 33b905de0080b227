import { expect, test } from 'vitest'
import { attemptOf } from '../../../fixtures/attempts.ts'
import { createApiBench, JPEG, viewOf } from '../../../fixtures/api-bench.ts'
import { PROJECT } from '../../../fixtures/protocol-samples.ts'

const attempts = [attemptOf({ scene: 0, attempt: 0, verdict: 'accepted', psnr: 38, psnrMean: 40, endedAtMs: 2000 })]
const view = viewOf({ scenes: [[51, 1000], [50]] })

test('the report is one page with pictures of its worst scenes', async () => {
  const api = createApiBench([{ view }], { attempts, scene: { path: '/x', bytes: 1 } })
  const answer = await api.request(`/report/${PROJECT}`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
  expect(answer.headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
  )
  const page = await answer.text()
  expect(page.split(`data:image/jpeg;base64,${JPEG.toString('base64')}`)).toHaveLength(3)
  expect(api.calls).toEqual([
    ['picture', PROJECT, 0, { of: 'source', frame: 25 }],
    ['picture', PROJECT, 0, { of: 'result', frame: 25 }]
  ])
})

test('pictures that are not to be had leave their places empty', async () => {
  const page = await (await createApiBench([{ view }], { attempts }).request(`/report/${PROJECT}`)).text()
  expect(page).not.toContain('<img')
  expect(page).toContain('Source: not available on this node')
})

test('there is none of a project that nobody knows', async () => {
  expect((await createApiBench([]).request('/report/x')).status).toBe(404)
})
