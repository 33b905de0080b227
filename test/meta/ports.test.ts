import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** A capability of the API has one name: of its port, of the file that implements it and of the file of its routes. */
const ROOT = join(import.meta.dirname, '../..')

const text = async (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8')
const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const portsText = await text('src/api/ports.ts')
const members = /interface ApiPorts \{([^}]*)\}/.exec(portsText)?.[1] ?? ''
const ports = [...members.matchAll(/readonly (\w+): (\w+)/g)].map(([, name = '', type = '']) => ({ name, type }))

/** What implements a port for more than the API lives in a room of its own. */
const OTHER_ROOMS: Readonly<Record<string, string>> = {
  chronicle: 'src/node/chronicle/chronicle.ts',
  invites: 'src/node/invites/invites.ts',
  logs: 'src/node/log/log-ring.ts',
  uploads: 'src/node/uploads/uploads.ts'
}

test('there are ports', () => {
  expect(ports.map(({ name }) => name)).toEqual(expect.arrayContaining(['projects', 'scenes', 'events']))
})

test.for(ports)('$name', async ({ name, type }) => {
  expect(type.toLowerCase()).toBe(`${name}port`.toLowerCase())
  const implementation = OTHER_ROOMS[name] ?? `src/node/http/${kebab(name)}.ts`
  expect(await text(implementation)).toMatch(new RegExp(`\\b${type}\\b`))
  const routes = [...(await readdir(join(ROOT, 'src/api/v2'))), ...(await readdir(join(ROOT, 'src/api/routes')))]
  expect(routes).toContain(`${kebab(name)}.ts`)
})

test('nothing else of the API is a port', async () => {
  const files = (await readdir(join(ROOT, 'src/api'), { recursive: true })).filter((file) => file.endsWith('.ts'))
  const found = await Promise.all(
    files.map(async (file) => [
      file,
      /export (?:interface|type) \w+(?:Port|Section|Module)\b/.test(await text(`src/api/${file}`))
    ])
  )
  expect(found.filter(([, isPort]) => isPort === true).map(([file]) => file)).toEqual(['ports.ts'])
})
