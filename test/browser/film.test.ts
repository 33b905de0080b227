import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { FILM, startWebFilm, type WebFilmInit } from '../fixtures/web-film.ts'
import { WORKER } from '../fixtures/protocol-samples.ts'
import { peerOf } from '../fixtures/web-data.ts'
import { LOOKS } from '../fixtures/looks.ts'
import { testAtNight } from '../nightly.ts'
import { axeComplaints } from './axe.ts'
import { launch, watchConsole } from './browser.ts'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})
afterAll(async () => browser.close())

async function openFilm(init: WebFilmInit, options: BrowserContextOptions = {}, allowed: readonly RegExp[] = []) {
  const node = await startWebFilm(init)
  onTestFinished(node.stop)
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  onTestFinished(async () => context.close())
  const page = await context.newPage()
  const complaints = watchConsole(page, allowed)
  await page.goto(`${node.url}/#/project/${FILM}`)
  await page.locator('.cell').last().waitFor()
  return { node, page, complaints }
}

const strip = (page: Page) => page.getByRole('slider', { name: 'Scene', exact: true })
const cell = (page: Page, number: string) => page.locator('.cell', { hasText: number })

/** Shares of the strip's columns of pixels that are of the colour of a state. */
async function columnsOf(page: Page, state: string): Promise<number> {
  return strip(page).evaluate((canvas: HTMLCanvasElement, state) => {
    const probe = document.createElement('span')
    probe.style.color = `var(--${state})`
    document.body.append(probe)
    const [r, g, b] = (getComputedStyle(probe).color.match(/\d+/g) ?? []).map(Number)
    probe.remove()
    const { width, height } = canvas
    const copy = document.createElement('canvas')
    copy.width = width
    const pen = copy.getContext('2d', { willReadFrequently: true })!
    pen.drawImage(canvas, 0, Math.round(height * 0.75), width, 1, 0, 0, width, 1)
    const { data } = pen.getImageData(0, 0, width, 1)
    let found = 0
    for (let x = 0; x < width; x += 1)
      if (data[x * 4] === r && data[x * 4 + 1] === g && data[x * 4 + 2] === b) found += 1
    return found / width
  }, state)
}

describe('the strip', () => {
  test('shows each scene as wide as it is long, and changes as the node tells', async () => {
    const { node, page, complaints } = await openFilm({ scenes: 133 })
    const total = node.scenes.reduce((sum, { frames }) => sum + frames, 0)
    const done = node.scenes.filter(({ state }) => state === 5).reduce((sum, { frames }) => sum + frames, 0)
    await expect.poll(async () => columnsOf(page, 'done')).toBeGreaterThan(0.2)
    // A pixel between two scenes is left free.
    expect(Math.abs((await columnsOf(page, 'done')) - done / total)).toBeLessThan(0.03)
    expect(await page.locator('#strip-summary').textContent()).toBe(
      '27 of 133 scenes are done, 2 in progress, 1 being checked, 1 failed, 102 waiting.'
    )
    node.change.scenes(
      FILM,
      node.scenes.map((scene) => ({ ...scene, state: 5, bytes: 1000 }))
    )
    await page.getByText('133 of 133 scenes are done.').waitFor()
    await expect.poll(async () => columnsOf(page, 'done')).toBeGreaterThan(0.85)
    expect(complaints).toEqual([])
  })

  test('is read scene by scene with the keyboard, zoomed, and opens what it is at', async () => {
    const { page, complaints } = await openFilm({ scenes: 133 }, {}, [/503/])
    await strip(page).focus()
    const text = async (): Promise<string | null> => strip(page).getAttribute('aria-valuetext')
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    expect(await text()).toMatch(/^Scene 00002: done, 243 frames \(10\.1 s\), 1\.5 MiB at .* kbit\/s.*by kitchen/)
    await page.keyboard.press('End')
    expect(await text()).toMatch(/^Scene 00133: waiting, 112 frames/)
    await page.keyboard.press('PageDown')
    await page.keyboard.press('ArrowLeft')
    expect(await text()).toMatch(/^Scene 00122: waiting/)
    await page.locator('.readout').getByText('00122').waitFor()
    const part = page.locator('.strip-part')
    expect(await part.textContent()).toMatch(/^all /)
    await page.keyboard.press('+')
    await page.keyboard.press('+')
    expect(await part.textContent()).toMatch(/^0:\d\d:\d\d\.\d to 0:\d\d:\d\d\.\d$/)
    await page.keyboard.press('Home')
    expect(await part.textContent()).toMatch(/^0:00:00\.0 to /)
    await page.keyboard.press('0')
    expect(await part.textContent()).toMatch(/^all /)
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /^Scene 00133/ }).waitFor()
    expect(new URL(page.url()).hash).toBe(`#/project/${FILM}/133`)
    await page.getByText('It waits for a free slot.').waitFor()
    expect(complaints).toEqual([])
  })

  test('as a heat map it has a scale in numbers', async () => {
    const { page, complaints } = await openFilm({ scenes: 133 })
    for (const [name, unit] of [
      ['Bitrate', 'kbit/s'],
      ['Seconds per frame', 's per frame'],
      ['Attempts', 'attempts'],
      ['Lowest PSNR', 'dB'],
      ['Mean PSNR', 'dB']
    ] as const) {
      await page.getByRole('button', { name, exact: true }).click()
      const legend = (await page.locator('.heat-legend').textContent()) ?? ''
      expect(legend).toMatch(new RegExp(`^[\\d.,]+ ${unit}[\\d.,]+ ${unit}median [\\d.,]+ ${unit} of \\d+ scenes`))
    }
    // The scenes that have no value are left blank.
    expect(await columnsOf(page, 'waiting')).toBe(0)
    expect(complaints).toEqual([])
  })

  test('the wheel zooms at the pointer, a drag moves, a click opens', async () => {
    const { page, complaints } = await openFilm({ scenes: 133 })
    const box = (await strip(page).boundingBox())!
    const part = page.locator('.strip-part')
    await page.mouse.move(box.x + box.width / 2, box.y + 40)
    await page.mouse.wheel(0, -900)
    await expect.poll(async () => part.textContent()).toMatch(/ to /)
    const before = await part.textContent()
    await page.mouse.down()
    await page.mouse.move(box.x + box.width / 2 - 200, box.y + 40, { steps: 4 })
    await page.mouse.up()
    await expect.poll(async () => part.textContent()).not.toBe(before)
    expect(new URL(page.url()).hash).toBe(`#/project/${FILM}`)
    await page.getByRole('button', { name: 'Whole film' }).click()
    await strip(page).click({ position: { x: 5, y: 40 } })
    await page.getByRole('heading', { name: /^Scene 00002/ }).waitFor()
    expect(complaints.filter((text) => !text.includes('503'))).toEqual([])
  })
})

describe('the grid', () => {
  test('has a cell for each scene with its state in more than a colour', async () => {
    const { node, page, complaints } = await openFilm({ scenes: 450 })
    expect(await page.locator('.cell').count()).toBe(450)
    expect(await page.locator('.cells-section').count()).toBe(3)
    expect(await cell(page, '00002').textContent()).toBe('00002 243fr 1.5M')
    const change = (state: number) =>
      node.change.scenes(FILM, [{ ...node.scenes[1]!, state, framesDone: 81, bytes: state === 5 ? 5000 : 0 }])
    for (const [state, name] of ['waiting', 'leased', 'pass-1', 'pass-2', 'verifying', 'done', 'failed'].entries()) {
      change(state)
      await page.locator(`.cell.${name}`, { hasText: '00002' }).waitFor()
      const mark = await cell(page, '00002').evaluate((one) => getComputedStyle(one, '::after').content)
      expect(mark).toContain(['·', '○', '1', '2', '?', '✓', '✕'][state])
    }
    change(2)
    await page.getByRole('button', { name: /^00002 243fr: first pass \(33 %\), 243 frames/ }).waitFor()
    expect(complaints).toEqual([])
  })

  test('filters by state and worker, as does the strip', async () => {
    const { node, page, complaints } = await openFilm({ scenes: 450 })
    const visible = async (): Promise<number> => page.locator('.cell:not([hidden])').count()
    await page.getByRole('button', { name: /^done/ }).click()
    expect(await visible()).toBe(90)
    await page.getByLabel('Worker').selectOption(WORKER)
    expect(await visible()).toBe(45)
    await expect.poll(async () => columnsOf(page, 'waiting')).toBe(0)
    // What stops being so goes, what comes to be so comes.
    node.change.scenes(FILM, [{ ...node.scenes[1]!, state: 0, worker: null }])
    await expect.poll(visible).toBe(44)
    node.change.scenes(FILM, [{ ...node.scenes[400]!, state: 5, worker: WORKER }])
    await expect.poll(visible).toBe(45)
    await page.getByRole('button', { name: 'Show all' }).click()
    expect(await visible()).toBe(450)
    await page.getByRole('button', { name: /^handed out/ }).click()
    await page.getByText('No scenes match the filters.').waitFor()
    expect(complaints).toEqual([])
  })

  test('is walked with the arrow keys over the borders of sections, and gets the focus back', async () => {
    const { page, complaints } = await openFilm({ scenes: 450 }, {}, [/503/])
    const focused = async (): Promise<string | null | undefined> =>
      page.evaluate(() => document.activeElement?.querySelector('b')?.textContent)
    await cell(page, '00200').focus()
    await page.keyboard.press('ArrowRight')
    expect(await focused()).toBe('00201')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('00200')
    await page.keyboard.press('ArrowDown')
    expect(Number(await focused())).toBeGreaterThan(200)
    const at = await focused()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: `Scene ${at}` }).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(focused).toBe(at)
    expect(complaints).toEqual([])
  })

  test('grows while the source is analysed', async () => {
    const { node, page, complaints } = await openFilm({ scenes: 100, project: { planned: false } })
    const more = node.scenes.map((scene) => ({ ...scene, scene: scene.scene + 100 }))
    node.change.scenes(FILM, more)
    await cell(page, '00200').waitFor()
    expect(await page.locator('.cell').count()).toBe(200)
    expect(await strip(page).getAttribute('aria-valuemax')).toBe('200')
    expect(complaints).toEqual([])
  })
})

describe('a scene', () => {
  test('says why it is not done, who tried it, and what is next', async () => {
    const { node, page, complaints } = await openFilm({
      scenes: 133,
      detail: () => ({
        encoderParams: '--cq-level=20',
        history: [
          {
            epoch: 1,
            attempt: 0,
            worker: WORKER,
            encoderBuild: 'aom/3.6.0/1f2e3d4c',
            startedAtMs: 1_700_000_000_000,
            endedAtMs: 1_700_000_009_000,
            encodeSeconds: 9,
            bytes: null,
            verdict: 'failed',
            reason: 'Failed to allocate memory\nexit code 1'
          }
        ]
      })
    })
    await page.goto(`${node.url}/#/project/${FILM}/98`)
    const panel = page.getByRole('region', { name: /^Scene 00098/ })
    // An address that names a scene marks it once its cell is there.
    await page.reload()
    await page.locator('.cell[aria-current]', { hasText: '00098' }).waitFor()
    await panel.getByText('It waits for a free slot.').waitFor()
    const text = await panel.innerText()
    for (const part of ['Two scenes are before it.', 'in 30 s', 'failed', 'kitchen', 'exit code 1', '--cq-level=20'])
      expect(text).toContain(part)
    await page.keyboard.press('ArrowRight')
    await page.getByRole('heading', { name: /^Scene 00099/ }).waitFor()
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('heading', { name: /^Scene 00098/ }).waitFor()
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })

  test('that is done names its hash, its size and its bytes; one that becomes done does so too', async () => {
    const { node, page, complaints } = await openFilm({ scenes: 133 }, {}, [/503/])
    await page.goto(`${node.url}/#/project/${FILM}/51`)
    await page.getByText('It waits for a free slot.').waitFor()
    node.change.scenes(FILM, [
      { ...node.scenes[50]!, state: 5, bytes: 30_000, encodeMs: 4000, psnr: 41.25, worker: WORKER }
    ])
    const panel = page.getByRole('region', { name: /^Scene 00051/ })
    await panel.getByText('SHA-256').waitFor()
    const text = await panel.innerText()
    expect(text).not.toContain('Why is it not done')
    for (const part of ['29.3 KiB', 'kitchen', 'lowest PSNR 41.25 dB']) expect(text).toContain(part)
    expect(await panel.getByRole('link', { name: '.ivf' }).getAttribute('href')).toMatch(/\/scene\/film-1\/00051\.ivf$/)
    expect(complaints).toEqual([])
  })

  test('that the node does not know is said to be unknown', async () => {
    const { node, page } = await openFilm({ scenes: 3 }, {}, [/404/])
    await page.goto(`${node.url}/#/project/${FILM}/1000`)
    await page.getByText('This node does not know this scene.').waitFor()
    await page.getByText('The project has no such scene').waitFor()
    await page.goto(`${node.url}/#/project/nothing`)
    await page.getByRole('heading', { name: 'This node does not know this project.' }).waitFor()
  })
})

const HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\u202Egnp.exe'

test('what peers write is shown as text', async () => {
  const { node, page, complaints } = await openFilm({
    scenes: 133,
    peers: [peerOf({ name: HOSTILE })],
    project: { title: HOSTILE, encoderParams: HOSTILE, reason: HOSTILE },
    detail: (scene) => ({
      history: [
        {
          epoch: 1,
          attempt: 0,
          worker: scene.worker ?? WORKER,
          encoderBuild: HOSTILE,
          startedAtMs: null,
          endedAtMs: null,
          encodeSeconds: null,
          bytes: null,
          verdict: 'refused',
          reason: HOSTILE
        }
      ]
    }),
    why: () => ({ summary: HOSTILE, details: [HOSTILE], next: { what: HOSTILE, inSeconds: null } })
  })
  await page.goto(`${node.url}/#/project/${FILM}/42`)
  await page.locator('.attempts .reason').waitFor()
  const box = (await strip(page).boundingBox())!
  await page.mouse.move(box.x + box.width / 3, box.y + 30)
  await page.locator('.readout').waitFor()
  expect(await page.locator('h1').innerText()).toContain('<img src=x')
  expect(await page.locator('main img, main script').count()).toBe(0)
  expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false)
  expect(complaints).toEqual([])
})

async function expectAccessible(page: Page, width: number): Promise<void> {
  expect(await axeComplaints(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
}

// Axe takes longer the more cells there are, and all are alike: in the gate it looks at a grid of one section, twice.
testAtNight('axe finds nothing in a grid of several sections', async () => {
  const { page } = await openFilm({ scenes: 250 })
  expect(await page.locator('.cells-section').count()).toBeGreaterThan(1)
  await expectAccessible(page, 1280)
})

describe.for(LOOKS)('in %s', ([colorScheme, width]) => {
  test(`axe finds nothing at ${width} px, and nothing is wider than the page`, async () => {
    const viewport = { width, height: 900 }
    const { node, page } = await openFilm({ scenes: 60 }, { viewport, colorScheme }, [/503/])
    await expectAccessible(page, width)
    await page.getByRole('button', { name: 'Lowest PSNR', exact: true }).click()
    for (const scene of [14, 41]) {
      await page.goto(`${node.url}/#/project/${FILM}/${scene + 1}`)
      await page
        .getByRole('region', { name: `Scene 000${scene + 1}` })
        .getByText('Parameters')
        .waitFor()
      await expectAccessible(page, width)
    }
  })
})
