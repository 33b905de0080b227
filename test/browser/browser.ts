import { existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { oneAtATime } from '../fixtures/one-at-a-time.ts'
import { startWebNode, type WebNode, type WebNodeInit } from '../fixtures/web-node.ts'

const WEB = resolve(import.meta.dirname, '../../web')

/** Makes web/dist from what web/src is now, unless it is newer already. */
const buildWeb = async (): Promise<void> => oneAtATime('web', buildIfOlder)

async function buildIfOlder(): Promise<void> {
  const built = join(WEB, 'dist/index.html')
  const folders = ['src', 'public'].map((name) => join(WEB, name))
  const sources = (
    await Promise.all(folders.map(async (folder) => readdir(folder, { recursive: true, withFileTypes: true })))
  ).flat()
  const newest = Math.max(
    ...[
      ...sources.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name)),
      join(WEB, 'index.html'),
      join(WEB, 'vite.config.ts')
    ].map((path) => statSync(path).mtimeMs)
  )
  if (existsSync(built) && statSync(built).mtimeMs > newest) return
  await build({ configFile: join(WEB, 'vite.config.ts'), logLevel: 'warn' })
}

/** The real browser, and the page as its sources are now. Close it after the tests. */
export async function launch(args: readonly string[] = []): Promise<Browser> {
  await buildWeb()
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', ...args] })
}

/** All that a page complains of: errors, warnings, reports of the content security policy. `allowed`: what a test brings about itself. */
export function watchConsole(page: Page, allowed: readonly RegExp[] = []): readonly string[] {
  const complaints: string[] = []
  const note = (text: string): void => {
    if (!allowed.some((pattern) => pattern.test(text))) complaints.push(text)
  }
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      note(`${message.type()}: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => note(`uncaught: ${error.stack ?? error.message}`))
  return complaints
}

export interface PageInit {
  readonly width?: number
  readonly dark?: boolean
  /** What the browser speaks; English of the United States otherwise. */
  readonly locale?: string
  /** Complaints that the test brings about itself. */
  readonly allowed?: readonly RegExp[]
}

/** A browser for all tests of a file, and pages of it that are closed after their test and must have had nothing to complain of. */
export function useBrowser(args: readonly string[] = []) {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch(args)
  })
  afterAll(async () => browser.close())

  async function openContext({ width = 1280, dark = false, locale = 'en-US' }: PageInit = {}): Promise<BrowserContext> {
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      colorScheme: dark ? 'dark' : 'light',
      locale
    })
    onTestFinished(async () => context.close())
    return context
  }

  /** Another tab of the same browser. */
  async function openTab(context: BrowserContext, url: string, allowed: readonly RegExp[] = []): Promise<Page> {
    const page = await context.newPage()
    const complaints = watchConsole(page, allowed)
    onTestFinished(() => expect(complaints).toEqual([]))
    await page.goto(url)
    return page
  }

  return {
    openContext,
    openTab,
    openPage: async (url: string, init: PageInit = {}): Promise<Page> =>
      openTab(await openContext(init), url, init.allowed)
  }
}

/** A node of generated data that is stopped after the test. */
export async function useNode(init?: WebNodeInit): Promise<WebNode> {
  const node = await startWebNode(init)
  onTestFinished(node.stop)
  return node
}

/** Presses Tab until the control has the focus. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab')
    const found = await page.evaluate(() => {
      const at = document.activeElement
      const labels = at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement ? at.labels : null
      return [labels?.[0]?.textContent ?? '', at?.textContent ?? '', at?.getAttribute('aria-label') ?? '']
    })
    if (found.some((text) => text.trim() === name)) return
  }
  throw new Error(`no way to ${name} by Tab`)
}
