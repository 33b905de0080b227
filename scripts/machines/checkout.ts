import { cp, mkdir, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Mount } from './enter.ts'

/** Top folder of the checkout. */
export const CHECKOUT = resolve(import.meta.dirname, '../..')

const MODULES = join(CHECKOUT, 'node_modules')

/** Not part of what is tested, or too much to copy. */
const LEFT_OUT = new Set(['.git', 'node_modules', 'demo-output', 'dist'])

/** What programs write below `node_modules`: each copy has its own. */
const WRITTEN = ['.cache', '.vite', '.vite-temp']

/** A copy of this checkout, for a root: it has no `node_modules` without its mounts. */
export interface CheckoutCopy {
  readonly folder: string
  readonly mounts: readonly Mount[]
}

/** Copies what is checked out, with changes and new files, to `folder`. */
export async function copySources(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(CHECKOUT)) {
    if (!LEFT_OUT.has(name)) await cp(join(CHECKOUT, name), join(folder, name), { recursive: true })
  }
}

/** A copy of the sources, and what is mounted into it. `kept` names folders of `node_modules/.cache` that go with it. */
export async function copyCheckout(folder: string, kept: readonly string[]): Promise<CheckoutCopy> {
  await copySources(folder)
  const modules = join(folder, 'node_modules')
  const written = `${folder}-written`
  const own = WRITTEN.map((name) => ({ from: join(written, name), to: join(modules, name), writable: true }))
  const lent = kept.map((name) => ({ from: join(MODULES, '.cache', name), to: join(modules, '.cache', name) }))
  // A mount needs a place that is there; in what is lent nothing can be made any more.
  const places = [...WRITTEN.map((name) => join(MODULES, name)), ...own.map(({ from }) => from), modules]
  for (const place of [...places, ...kept.map((name) => join(written, '.cache', name))]) {
    await mkdir(place, { recursive: true })
  }
  const whole = { from: MODULES, to: modules, writable: false }
  return { folder, mounts: [whole, ...own, ...lent.map((mount) => ({ ...mount, writable: false }))] }
}
