import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { tmpdir } from 'node:os'
import { execa } from 'execa'
import { publint } from 'publint'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type * as TusModule from '../../src/node/uploads/tus.ts'
import { openUploadRecords } from '../../src/node/uploads/records.ts'
import { installGlobally, pack } from '../fixtures/packed.ts'
import { warmUp } from './warm.ts'

const root = resolve(import.meta.dirname, '../..')
const bin = join(root, 'node_modules/.bin')

let folder: string
let tarball: string
let command: string
/** Where the installed package is, and every path in it but those of other packages. */
let files: string
let own: readonly string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grav1-package-'))
  tarball = await pack(folder)
  ;({ command, files } = await installGlobally(tarball))
  own = (await readdir(files, { recursive: true })).filter((path) => !path.startsWith('node_modules'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
})

const run = async (args: readonly string[], nodeOptions = '') =>
  execa(command, args, {
    cwd: folder,
    env: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_CONFIG_HOME: join(folder, 'config'),
      NODE_OPTIONS: nodeOptions
    },
    reject: false,
    stdin: 'ignore'
  })

test('encodes a film once it is installed', async () => {
  await warmUp(join(folder, 'data/grav1'))
  const film = join(folder, 'film.mkv')
  const source = ['-f', 'lavfi', '-i', 'testsrc2=size=96x64:rate=25', '-frames:v', '10', '-c:v', 'libx264']
  await execa('ffmpeg', ['-v', 'error', ...source, film])
  const alone = ['--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--workers', '1']
  const wishes = ['--encoder', 'vp9', '--params', '--cpu-used=5 --end-usage=q --cq-level=45']
  const { exitCode, stderr } = await run(['submit', film, ...wishes, ...alone])
  expect(exitCode, stderr).toBe(0)
  const show = ['-v', 'error', '-select_streams', 'v', '-count_packets', '-show_entries', 'stream=nb_read_packets']
  const { stdout } = await execa('ffprobe', [...show, '-of', 'csv=p=0', join(folder, 'film.vp9.mkv')])
  expect(stdout.trim()).toBe('10')
})

test('holds no types, pictures or sources, and only packages that cannot be in its files come with it', async () => {
  expect(own.filter((path) => /\.(?:d\.ts|ts|png|svg|cast)$/.test(path) && !path.startsWith('web/dist'))).toEqual([])
  expect(own).toEqual(expect.arrayContaining(['npm-shrinkwrap.json', 'dist/grav1.1', 'web/dist/index.html', 'LICENSE']))
  const packages = await readdir(join(files, 'node_modules'))
  expect(packages).toEqual(expect.arrayContaining(['level', 'mediabunny']))
  expect(packages.filter((name) => /libp2p|hono|react|redis|vitest|typescript/.test(name))).toEqual([])
  const notices = await readFile(join(files, 'dist/THIRD-PARTY.txt'), 'utf8')
  for (const name of ['libp2p', 'hono', '@tus/server', '@libp2p/noise'])
    expect(notices, name).toMatch(new RegExp(`^${name} \\d.*, .*(?:MIT|Apache-2.0)`, 'm'))
})

test('its shrinkwrap names every package that is installed, and nothing of development', async () => {
  const lock: { packages: Record<string, { dev?: boolean }> } = JSON.parse(
    await readFile(join(files, 'npm-shrinkwrap.json'), 'utf8')
  )
  const named = Object.keys(lock.packages).map((path) => path.split('node_modules/').at(-1))
  const entries = (await readdir(join(files, 'node_modules'))).filter((name) => !name.startsWith('.'))
  const inScopes = entries.map(async (name) =>
    name.startsWith('@') ? (await readdir(join(files, 'node_modules', name))).map((one) => `${name}/${one}`) : [name]
  )
  expect(named).toEqual(expect.arrayContaining((await Promise.all(inScopes)).flat()))
  expect(Object.values(lock.packages).some(({ dev }) => dev === true)).toBe(false)
})

test('the upload library inside it takes an upload', async () => {
  const { createTus } = (await import(join(files, 'dist/parts/tus.js'))) as typeof TusModule
  const records = await openUploadRecords(join(folder, 'uploads'))
  const tus = createTus({ records, admit: records.put })
  const headers = {
    'tus-resumable': '1.0.0',
    'upload-length': '4',
    'upload-metadata': `filename ${btoa('film.mkv')}`,
    'content-type': 'application/offset+octet-stream'
  }
  const url = 'http://127.0.0.1/api/v2/uploads'
  const answer = await tus.handleWeb(new Request(url, { method: 'POST', headers, body: 'film' }))
  expect([answer.status, answer.headers.get('upload-offset')]).toEqual([201, '4'])
  const [upload] = records.all.values()
  expect(upload && (await readFile(records.fileOf(upload), 'utf8'))).toBe('film')
})

test('every link of its README to a page leads to a page of the package', async () => {
  const links = [...(await readFile(join(files, 'README.md'), 'utf8')).matchAll(/\]\(([^)#\s]+)/g)]
  const pages = links.flatMap(([, link = '']) => (/^[a-z]+:|\.(?:png|svg|cast)$/.test(link) ? [] : [link]))
  expect(pages).toContain('docs/install.md')
  for (const page of pages) await expect(access(join(files, page)), page).resolves.toBeUndefined()
})

test('brings its manual page to where man looks for it', async () => {
  expect(await readFile(join(dirname(dirname(command)), 'share/man/man1/grav1.1'), 'utf8')).toContain('.TH GRAV1 1')
})

test('on an older Node it says how an installed grav1 gets a later one', async () => {
  const older = 'Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.19.1"}})'
  const { exitCode, stderr } = await run(['--version'], `--import=data:text/javascript,${encodeURIComponent(older)}`)
  expect(exitCode).toBe(1)
  expect(stderr).toContain('this is Node 20.19.1')
  expect(stderr).toContain('npx --yes -p node@24')
  expect(stderr).not.toContain('clone')
})

test('publint finds nothing in it', async () => {
  const { buffer } = new Uint8Array(await readFile(tarball))
  expect((await publint({ pack: { tarball: buffer }, strict: true })).messages).toEqual([])
})
