import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { CLIP_FPS, CLIP_FRAMES, greyOf, numberedClip } from '../fixtures/numbered-clip.ts'
import { FILM, startWebFilm, type WebFilmInit } from '../fixtures/web-film.ts'
import { scenesOf } from '../fixtures/web-data.ts'
import { launch, watchConsole } from './browser.ts'
import type { Browser, Page } from 'playwright-core'

let browser: Browser
let folder: string
let encoded: string
let source: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grav1-preview-'))
  encoded = await numberedClip(folder, 'encoded.webm')
  source = await numberedClip(folder, 'source.webm', 12)
  browser = await launch()
})
afterAll(async () => {
  await browser.close()
  await rm(folder, { recursive: true, force: true })
})

async function openScene(init: Partial<WebFilmInit> = {}, allowed: readonly RegExp[] = []) {
  const scenes = scenesOf(4).map((scene) => ({ ...scene, state: 5, frames: CLIP_FRAMES, bytes: 5000 }))
  const project = { fpsNum: CLIP_FPS, fpsDen: 1, width: 192, height: 108 }
  const node = await startWebFilm({ scenes, project, video: () => encoded, source: () => source, ...init })
  onTestFinished(node.stop)
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  onTestFinished(async () => page.close())
  const complaints = watchConsole(page, allowed)
  await page.goto(`${node.url}/#/project/${FILM}/1`)
  await page.locator('.encoded video:not([hidden])').waitFor()
  return { node, page, complaints }
}

const shown = (page: Page) => page.locator('.encoded video:not([hidden])')
const said = (page: Page) => page.locator('.controls .frame')
const loaded = async (page: Page): Promise<void> =>
  expect.poll(async () => shown(page).evaluate((video: HTMLVideoElement) => video.readyState)).toBeGreaterThanOrEqual(2)

/** Which frame of the numbered clip a video shows, by its grey. */
async function frameShown(page: Page, selector = '.encoded video:not([hidden])', shift = 0): Promise<number> {
  const grey = await page.locator(selector).evaluate((video: HTMLVideoElement) => {
    const canvas = document.createElement('canvas')
    const pen = canvas.getContext('2d', { willReadFrequently: true })!
    pen.drawImage(video, 0, 0, 1, 1)
    return pen.getImageData(0, 0, 1, 1).data[0]!
  })
  // From studio range to the full one.
  return ((grey * 219) / 255 + 16 - shift - greyOf(0)) / 5
}

test('steps by single frames, forwards and back, and says which it shows', async () => {
  const { page, complaints } = await openScene()
  await loaded(page)
  expect(await said(page).textContent()).toContain('frame 1 of 40')
  const press = async (key: string, times: number): Promise<void> => {
    for (let count = 0; count < times; count += 1) {
      const before = await said(page).textContent()
      await page.keyboard.press(key)
      await expect.poll(async () => said(page).textContent()).not.toBe(before)
    }
  }
  await press('.', 7)
  expect(await said(page).textContent()).toContain('frame 8 of 40')
  await expect.poll(async () => Math.round(await frameShown(page))).toBe(7)
  await press(',', 2)
  await expect.poll(async () => Math.round(await frameShown(page))).toBe(5)
  await page.getByRole('slider', { name: 'Frame' }).fill('31')
  await expect.poll(async () => Math.round(await frameShown(page))).toBe(31)
  expect(await said(page).textContent()).toContain('frame 32 of 40')
  await page.keyboard.press(' ')
  await expect.poll(async () => shown(page).evaluate((video: HTMLVideoElement) => video.ended)).toBe(true)
  expect(await said(page).textContent()).toContain('frame 40 of 40')
  expect(complaints).toEqual([])
})

test('shows scene and source side by side in step, with a line between them', async () => {
  const { page, complaints } = await openScene()
  await loaded(page)
  await page.keyboard.press('b')
  const line = page.getByRole('slider', { name: 'Divider between the encoded scene and its source' })
  await line.waitFor()
  const same = async (frame: number): Promise<void> => {
    await expect.poll(async () => Math.round(await frameShown(page))).toBe(frame)
    await expect.poll(async () => Math.round(await frameShown(page, 'video.source', 12))).toBe(frame)
  }
  await page.getByRole('slider', { name: 'Frame' }).fill('17')
  await same(17)
  await page.getByRole('button', { name: 'Next frame' }).click()
  await same(18)
  await page.getByLabel('Speed').selectOption('0.5')
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  const apart = await page.evaluate(async () => {
    const [main, source] = ['.encoded video:not([hidden])', 'video.source'].map((selector) =>
      document.querySelector<HTMLVideoElement>(selector)!
    )
    const apart: number[] = []
    while (!main!.ended) {
      await new Promise(requestAnimationFrame)
      if (main!.currentTime > 1) apart.push(Math.abs(main!.currentTime - source!.currentTime))
    }
    return apart.toSorted((a, b) => a - b)[apart.length >> 1]
  })
  // Most of the time: a busy machine holds one of them up for a moment.
  expect(apart).toBeLessThan(2 / CLIP_FPS)
  await line.focus()
  await page.keyboard.press('Home')
  expect(await line.getAttribute('aria-valuetext')).toBe('0 % encoded, the rest source')
  await page.keyboard.press('ArrowRight')
  expect(await page.locator('.encoded').evaluate((one: HTMLElement) => one.style.clipPath)).toBe(
    'inset(0px 98% 0px 0px)'
  )
  const box = (await page.locator('.stage').boundingBox())!
  const grip = (await line.boundingBox())!
  await page.mouse.move(grip.x + grip.width / 2, grip.y + 30)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.75, box.y + 40, { steps: 3 })
  await page.mouse.up()
  expect(await line.getAttribute('aria-valuenow')).toBe('75')
  await page.keyboard.press('b')
  await line.waitFor({ state: 'detached' })
  expect(complaints).toEqual([])
})

test('says in the words of the node why there is no source, and why a scene does not play', async () => {
  const { page } = await openScene({ source: () => undefined, video: (scene) => (scene === 0 ? encoded : undefined) }, [
    /503/
  ])
  await loaded(page)
  await page.keyboard.press('b')
  await page.getByText('The source of this scene cannot be shown: No node that is reached holds these bytes.').waitFor()
  await page.getByRole('button', { name: 'Next scene' }).click()
  await page.locator('.stage .fault', { hasText: 'No node that is reached holds these bytes.' }).waitFor()
})

test('bytes that are no video are told of as a sentence', async () => {
  const { page } = await openScene({ video: () => import.meta.filename })
  await page.locator('.stage .fault', { hasText: 'This browser cannot play this kind of video.' }).waitFor()
})

test('plays all finished scenes one after the other, with the next one loaded before', async () => {
  const { node, page, complaints } = await openScene({ scenes: mixed() })
  await loaded(page)
  // The first is shown already.
  expect(new URL(page.url()).origin).toBe(node.url)
  await page.getByRole('button', { name: 'Play all 3 finished scenes' }).click()
  await page.evaluate(() => {
    const seen: string[] = []
    const nextLoaded: boolean[] = []
    Object.assign(globalThis, { seen, nextLoaded })
    const hasData = (video: HTMLVideoElement): boolean => video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA
    for (const type of ['playing', 'ended'])
      document.addEventListener(
        type,
        ({ target }) => {
          const videos = [...document.querySelectorAll('video')]
          if (type === 'ended') nextLoaded.push(videos.some((video) => video !== target && hasData(video)))
          else seen.push((target as HTMLVideoElement).src.slice(-10))
        },
        true
      )
  })
  await expect.poll(async () => page.evaluate('seen'), { timeout: 60_000 }).toContain('00004.webm')
  await expect
    .poll(async () => shown(page).evaluate((video: HTMLVideoElement) => video.ended), { timeout: 60_000 })
    .toBe(true)
  // The second scene is not finished. A video that waited for its data says once more that it plays.
  const seen = new Set(await page.evaluate<string[]>('seen'))
  expect([...seen].filter((name) => name !== '00001.webm')).toEqual(['00003.webm', '00004.webm'])
  expect(new URL(page.url()).hash).toBe(`#/project/${FILM}/4`)
  // Nothing follows the last one.
  expect((await page.evaluate<boolean[]>('nextLoaded'))[0]).toBe(true)
  expect(await page.getByRole('button', { name: 'Autoplay' }).getAttribute('aria-pressed')).toBe('false')
  expect(complaints).toEqual([])
})

test('loops, changes its speed, zooms, and shows a picture of a scene under the pointer', async () => {
  const { node, page, complaints } = await openScene()
  await loaded(page)
  await page.keyboard.press('o')
  await page.getByLabel('Speed').selectOption('4')
  await page.locator('h1').click()
  await page.keyboard.press(' ')
  await page.evaluate(async () => {
    const video = document.querySelector<HTMLVideoElement>('.encoded video:not([hidden])')!
    for (let rounds = 0, last = 0; rounds < 2; last = video.currentTime) {
      await new Promise(requestAnimationFrame)
      if (video.currentTime < last) rounds += 1
    }
  })
  expect(await shown(page).evaluate((video: HTMLVideoElement) => [video.playbackRate, video.paused])).toEqual([
    4,
    false
  ])
  await page.keyboard.press('z')
  expect(await shown(page).evaluate((video) => video.style.transform)).toBe('scale(2)')
  const strip = (await page.getByRole('slider', { name: 'Scene', exact: true }).boundingBox())!
  await page.mouse.move(strip.x + strip.width * 0.6, strip.y + 40)
  await page.locator('.readout .thumb.shown canvas').waitFor()
  expect(node.asked).toContain('00003.webm')
  expect(complaints).toEqual([])
})

function mixed() {
  return scenesOf(4).map((scene, index) => ({ ...scene, state: index === 1 ? 0 : 5, frames: CLIP_FRAMES, bytes: 5000 }))
}
