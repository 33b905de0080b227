import { expect, test } from 'vitest'
import { projectOf } from '../fixtures/web-data.ts'
import { useBrowser, useNode } from './browser.ts'

const { openPage } = useBrowser()

test('200 projects stay quick', async () => {
  const projects = Array.from({ length: 200 }, (_, n) => projectOf({ projectId: `p${n}`, title: `Film ${n}.mkv` }))
  const node = await useNode({ projects })
  const page = await openPage(node.url)
  await page.getByText('Film 199.mkv').waitFor()
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const busyMs = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics')
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0)
  }
  const before = await busyMs()
  const ROUNDS = 10
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const project of projects) node.change.project({ ...project, frames: project.frames + round })
    const last = `${(4200 + round).toLocaleString('en-US')} of 14,315 frames`
    await page.locator('tr.project').nth(199).getByText(last).waitFor()
  }
  const roundMs = (await busyMs()) - before
  console.log(`200 projects that all change: ${(roundMs / ROUNDS).toFixed(0)} ms of the page's time`)
  expect(roundMs / ROUNDS).toBeLessThan(500)
})
