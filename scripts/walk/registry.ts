import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CHECKOUT } from '../machines/checkout.ts'

/** A registry of this machine that has the package of the checkout; for every other package it names the real one. */
export interface Registry {
  readonly url: string
  readonly close: () => void
}

/** `tarball`: path of the package. `real`: address of the registry that has the others. */
export async function openRegistry(tarball: string, real: string): Promise<Registry> {
  const bytes = await readFile(tarball)
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
  const manifest: { name: string; version: string } = JSON.parse(await readFile(`${CHECKOUT}/package.json`, 'utf8'))
  const server = createServer(({ url: path = '/' }, response) => {
    if (path === '/grav1.tgz') response.end(bytes)
    else if (path !== '/grav1') response.writeHead(302, { location: new URL(path.slice(1), real).href }).end()
    else {
      const dist = { tarball: `${address()}/grav1.tgz`, integrity }
      const { version } = manifest
      const versions = { [version]: { ...manifest, hasShrinkwrap: true, _hasShrinkwrap: true, dist } }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ name: manifest.name, 'dist-tags': { latest: version }, versions }))
    }
  })
  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `${address()}/`, close: () => server.close() }
}
