import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { createClient } from '../src/node/cli/client.ts'
import { buildClip } from './clip.ts'
import { createLocalSwarm, type LocalSwarm } from './local-swarm.ts'

/** Pictures of the web client for the documentation, taken of a real swarm that encodes a real clip. Needs Debian's Chromium. */
const images = resolve(import.meta.dirname, '../docs/images')
const picture = { seconds: 120, width: 640, height: 360 }
const params = '--cpu-used=5 --end-usage=q --cq-level=32'
/** Share of the scenes that are done when the pictures are taken. */
const doneShare = 0.55
/** How long the encode of a scene is waited for. */
const SCENE_MS_MAX = 300_000

interface Shot {
  readonly name: string
  readonly path: (projectId: string) => string
  readonly context: BrowserContextOptions
  /** Of the node that shows it. */
  readonly node: 'attic' | 'kitchen'
  /** What a user does on the page. */
  readonly prepare?: (page: Page) => Promise<void>
  /** A selector of what has to be seen before the picture is taken. */
  readonly ready: string
}

const wide = { viewport: { width: 1360, height: 900 } }
const tall = { viewport: { width: 1360, height: 1100 } }
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }

const shots: readonly Shot[] = [
  // A node that only helps shows everything but sources.
  {
    name: 'film-light',
    path: (id) => `project/${id}`,
    node: 'kitchen',
    context: { ...wide, colorScheme: 'light' },
    ready: 'text=00001'
  },
  {
    name: 'film-phone',
    path: (id) => `project/${id}`,
    node: 'kitchen',
    context: { ...phone, colorScheme: 'dark' },
    ready: 'text=00001'
  },
  {
    name: 'swarm-light',
    path: () => 'swarm',
    node: 'kitchen',
    context: { ...tall, colorScheme: 'light' },
    prepare: async (page) => void (await page.getByLabel('The last').selectOption('10 minutes')),
    ready: '.lane'
  },
  // The last one: its scene is a short one, and those are encoded late.
  {
    name: 'film-dark',
    path: (id) => `project/${id}/2`,
    node: 'attic',
    context: { ...tall, colorScheme: 'dark' },
    prepare: async (page) => page.getByRole('button', { name: 'Side by side' }).click({ timeout: SCENE_MS_MAX }),
    ready: '[role=slider]'
  }
]

async function take(browser: Browser, url: string, projectId: string, shot: Shot): Promise<void> {
  const context = await browser.newContext(shot.context)
  try {
    const page = await context.newPage()
    await page.goto(`${url}/#/${shot.path(projectId)}`)
    await shot.prepare?.(page)
    await page.locator(shot.ready).first().waitFor()
    // A preview shows its first picture.
    await page.waitForFunction(() =>
      [...document.querySelectorAll('video')].every(
        (video) => video.currentSrc === '' || video.error != null || video.readyState >= 2
      )
    )
    await page.screenshot({ path: join(images, `${shot.name}.png`) })
    console.log(`docs/images/${shot.name}.png`)
  } finally {
    await context.close()
  }
}

async function takeAll(swarm: LocalSwarm, browser: Browser): Promise<void> {
  const clip = await buildClip({ output: join(swarm.folder, 'ocean-and-flowers.mkv'), ...picture })
  const owner = await swarm.start({ name: 'attic', workers: 0 })
  const join_ = { workers: 1, bootstrap: owner.address }
  const [kitchen] = await Promise.all([
    swarm.start({ name: 'kitchen', ...join_ }),
    swarm.start({ name: 'cellar', ...join_ })
  ])
  const job = ['submit', clip.path, '--params', params, '--data-dir', owner.dataDir]
  const submitted = swarm.run(job, 'ignore')
  const client = createClient({ url: kitchen.url })
  for (;;) {
    const [project] = (await client.status()).projects
    if (project != null && project.planned && project.scenes.done >= doneShare * project.scenes.total) {
      const urls = { attic: owner.url, kitchen: kitchen.url }
      for (const shot of shots) await take(browser, urls[shot.node], project.projectId, shot)
      break
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  if ((await submitted) !== 0) throw new Error('the job failed')
}

await mkdir(images, { recursive: true })
const swarm = await createLocalSwarm()
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
try {
  await takeAll(swarm, browser)
} finally {
  await browser.close()
  await swarm.close()
}
