import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { FILM, startWebFilm } from '../fixtures/web-film.ts'
import { withNight } from '../nightly.ts'
import { launch, watchConsole } from './browser.ts'
import type { Browser } from 'playwright-core'

const SCENES = 20_000
const CHANGES = 50
const TICKS = 30
/** A frame of the screen. What a tick takes is all that the page's main thread does for it: events, script, layout and paint. */
const BUDGET_MS = 16

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})
afterAll(async () => browser.close())

const GRIDS = withNight(
  [
    ['as a heat map', 'Bitrate', 0, BUDGET_MS],
    // Cells all around: the browser keeps some 800 of them painted.
    ['in the middle of the grid', 'State', 0.5, 1.5 * BUDGET_MS]
  ],
  [['by state', 'State', 0, BUDGET_MS]]
)

test.each(GRIDS)('20,000 scenes stay within a frame a tick, %s', async (_, mode, scrolled, budgetMs) => {
  const node = await startWebFilm({ scenes: SCENES })
  onTestFinished(node.stop)
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  onTestFinished(async () => page.close())
  const complaints = watchConsole(page)
  await page.goto(`${node.url}/#/project/${FILM}`)
  await page.locator(`.cell[data-scene="${SCENES - 1}"]`).waitFor({ state: 'attached' })
  await page.getByRole('button', { name: mode, exact: true }).click()
  await page.evaluate((share) => scrollTo(0, document.documentElement.scrollHeight * share), scrolled)
  const devtools = await page.context().newCDPSession(page)
  // Time of the processor: what else the machine does is not counted.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const spent = async (): Promise<number> => {
    const { metrics } = await devtools.send('Performance.getMetrics')
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN)
  }
  const taken: number[] = []
  for (let tick = 0; tick < TICKS; tick += 1) {
    const changes = Array.from({ length: CHANGES }, (_, index) => {
      // Some where the eye is, the others all over the film.
      const scene = (index < 10 ? Math.floor(SCENES * scrolled) + index : index * 397 + tick * 31) % SCENES
      return { ...node.scenes[scene]!, state: 2, framesDone: tick, bytes: 0 }
    })
    const shown = await page.evaluateHandle(
      (scene) => ({
        // The frame in which the last of them changes, and what the browser does for it.
        done: new Promise<void>((resolve) => {
          const cell = document.querySelector(`.cell[data-scene="${scene}"]`)!
          new MutationObserver((_, observer) => {
            observer.disconnect()
            requestAnimationFrame(() => setTimeout(resolve))
          }).observe(cell, { attributes: true })
        })
      }),
      changes.at(-1)!.scene
    )
    const before = await spent()
    node.change.scenes(FILM, changes)
    await shown.evaluate(async ({ done }) => done)
    taken.push((await spent()) - before)
  }
  const sorted = taken.toSorted((a, b) => a - b)
  const median = sorted[Math.floor(TICKS / 2)]!
  console.log(`${mode}: median ${median.toFixed(1)} ms a tick, most ${sorted.at(-1)!.toFixed(1)} ms`)
  expect(median).toBeLessThan(budgetMs)
  expect(complaints).toEqual([])
})
