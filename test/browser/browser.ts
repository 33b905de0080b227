import { existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { build } from 'vite'

const WEB = resolve(import.meta.dirname, '../../web')

/** Makes web/dist from what web/src is now, unless it is newer already. */
export async function buildWeb(): Promise<void> {
  const built = join(WEB, 'dist/index.html')
  const sources = await readdir(join(WEB, 'src'), { recursive: true, withFileTypes: true })
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
