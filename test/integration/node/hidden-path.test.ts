import { chmod, chown, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createDaemon } from '../../../src/node/daemon.ts'
import { loadConfig } from '../../../src/node/config/index.ts'
import { hiddenFromSandbox, usedSandbox } from '../../../src/platform/index.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'
import { isWithoutSandbox } from '../../fixtures/needs-sandbox.ts'

/** A user number that nobody has to have. */
const SOMEBODY = 12_345

interface Place {
  readonly folder: string
  readonly file: string
}

async function place(
  name: string,
  owner: number,
  mode: { readonly folder: number; readonly file: number }
): Promise<Place> {
  const folder = join(await tempDir(), name)
  const file = join(folder, 'film.mkv')
  await mkdir(folder)
  await writeFile(file, 'a film')
  await chmod(file, mode.file)
  await chmod(folder, mode.folder)
  for (const path of [file, folder]) await chown(path, owner, owner)
  return { folder, file }
}

const CLOSED = { folder: 0o700, file: 0o600 }
const OPEN = { folder: 0o755, file: 0o644 }
const hidden = (path: string): string | undefined => hiddenFromSandbox(usedSandbox(), path)

// Only root gets into the folders of others at all.
describe.skipIf(process.getuid?.() !== 0 || isWithoutSandbox())(
  'what root can read, and programs in its sandbox cannot',
  () => {
    test('folders and files of another user that are closed for others, however they are reached', async () => {
      const home = await place('home', SOMEBODY, CLOSED)
      expect(hidden(home.folder)).toContain(`${home.folder} belongs to user ${SOMEBODY} and is closed for others`)
      expect(hidden(home.file)).toContain(`${home.folder} belongs to user ${SOMEBODY}`)
      const below = join(home.folder, 'of-root')
      await mkdir(below)
      expect(hidden(below)).toContain(`sudo -u '#${SOMEBODY}'`)
      const link = join(await tempDir(), 'link')
      await symlink(below, link)
      expect(hidden(link)).toContain(`${home.folder} belongs to`)
      const shared = await place('shared', SOMEBODY, { folder: 0o755, file: 0o600 })
      expect(hidden(shared.file)).toContain(`${shared.file} belongs to`)
    })

    test('not what is open for others, of root, linked there, or missing', async () => {
      const [open, own] = await Promise.all([place('open', SOMEBODY, OPEN), place('own', 0, CLOSED)])
      const link = join(await tempDir(), 'link')
      await symlink(own.folder, link)
      for (const path of [open.folder, open.file, own.folder, own.file, link, join(own.folder, 'missing')])
        expect(hidden(path), path).toBeUndefined()
    })

    test('a node does not start on such a folder, and says why', async () => {
      const { folder } = await place('data', SOMEBODY, CLOSED)
      const flags = { dataDir: folder, workers: '0', apiPort: '0', logLevel: 'silent' }
      const empty = join(await tempDir(), 'empty.toml')
      await writeFile(empty, '')
      const loaded = await loadConfig({ flags, env: { GRAV1_CONFIG: empty }, cwd: folder })
      const config = { ...loaded, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false }
      await expect(createDaemon(config)).rejects.toThrow(`Programs in the sandbox cannot read ${folder}`)
    })
  }
)
