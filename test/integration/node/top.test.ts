import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../fixtures/eventually.ts'
import { OWNER, WORKER } from '../../fixtures/protocol-samples.ts'
import { program } from '../../fixtures/program.ts'
import { openTerminal } from '../../fixtures/terminal.ts'
import { completedOf, peerOf, projectOf, scenesOf } from '../../fixtures/web-data.ts'
import { startWebNode } from '../../fixtures/web-node.ts'

async function nodeWithFilms() {
  const node = await startWebNode({
    peers: [peerOf()],
    projects: [
      projectOf({
        projectId: 'film1',
        running: [
          { scene: 38, worker: OWNER, pass: 2, frames: 60, sceneFrames: 120, share: 0.55 },
          { scene: 39, worker: WORKER, pass: 1, frames: 10, sceneFrames: 120, share: 0.01 }
        ]
      }),
      projectOf({ projectId: 'film2', title: 'evil\u001B[2J\u202Etitle.mkv', running: [], priority: 1 }),
      completedOf({ projectId: 'film3', title: 'Sintel.mkv' })
    ],
    scenes: { film1: scenesOf(60) }
  })
  onTestFinished(async () => node.stop())
  const command = `'${process.execPath}' '${program}' top --api ${node.url} --token ${node.token}`
  return { node, command }
}

test('80x24, then 40x10: films, slots and peers are shown, and keys steer the node', async () => {
  const { node, command } = await nodeWithFilms()
  const terminal = await openTerminal({ columns: 80, rows: 24, command })
  const asked = async (method: string, path: string, body?: object): Promise<void> => {
    await eventually(`${method} ${path}`, () => node.calls.some((call) => call.method === method && call.path === path))
    if (body !== undefined) expect(node.calls.at(-1)?.body).toEqual(body)
  }

  const first = await terminal.shows('scene 39')
  expect(first).toMatch(/^attic {2}3\/4 slots here .* 1 peer {2}6 slots in all/)
  expect(first).toMatch(/Big Buck Bunny\.mkv +29%/)
  expect(first).toContain('evil?[2J?title.mkv')
  expect(first).toMatch(/Big Buck Bunny\.mkv +scene 39 {3}55% {2}pass 2\/2/)
  expect(first).toMatch(/kitchen +2\/2 +3\.4 fps +Big Buck Bunny\.mkv 40/)
  await terminal.shows(/^ {2}█+/m)

  await terminal.press('+')
  await asked('PATCH', '/api/v2/node', { slots: 5 })
  await terminal.press('>')
  await asked('PATCH', '/api/v2/projects/film1', { priority: 1 })
  await terminal.press('Tab', 'x')
  await terminal.shows('stop scene 39 of Big Buck Bunny.mkv here?')
  await terminal.press('y')
  await asked('DELETE', '/api/v2/node/scenes/film1/38')

  await terminal.press('Enter')
  await terminal.shows('--cq-level=28')
  await terminal.press('w')
  await terminal.press('Escape')
  await terminal.shows('▸ slots here')
  await terminal.press('Tab', 'Tab', 'Tab', '/', 'Sin')
  await terminal.shows('▸ 1 film')
  await terminal.press('Enter', 'D')
  await terminal.shows('deletes Sintel.mkv in')
  await terminal.press('u')
  await terminal.shows('kept')
  await terminal.press('Escape')
  await terminal.shows('▸ 3 films')

  await terminal.resize({ columns: 40, rows: 10 })
  const narrow = await terminal.shows(/▸ 3 films(?![^]*slots here 1)/)
  expect(narrow.trimEnd().split('\n').length).toBeLessThanOrEqual(10)
  expect(node.calls.filter(({ method, path }) => method === 'DELETE' && path.includes('/projects/'))).toEqual([])

  node.events.drop()
  await terminal.press('q')
  expect(await terminal.shows('ended 0')).not.toContain('films')
})

test('40x10 without colours; Ctrl-C ends it; a terminal without a cursor is told what to use', async () => {
  const { command } = await nodeWithFilms()
  const bare = await openTerminal({ columns: 60, rows: 10, command: `TERM=dumb ${command}` })
  const terminal = await openTerminal({ columns: 40, rows: 10, command, env: { NO_COLOR: '1' } })
  await terminal.shows('▸ 3 films')
  // 30 to 37 and 90 to 97 are colours.
  expect(await terminal.screen('-e')).not.toMatch(/\p{Cc}\[[\d;]*(?:3[0-7]|9[0-7])m/u)
  await terminal.press('C-c')
  await terminal.shows('ended 130')
  expect((await bare.shows('ended 2')).replaceAll('\n', ' ')).toContain('needs an interactive terminal')
})
