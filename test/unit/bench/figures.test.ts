import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { beginFigure } from '../../../bench/lib/begin-figure.ts'
import { figureFile, type FigureFile, type Measured } from '../../../bench/lib/figure.ts'
import { markdownTable } from '../../../bench/lib/markdown.ts'
import { othersCores } from '../../../bench/lib/others.ts'
import { benchmarksPage } from '../../../bench/lib/page.ts'
import { scalingPlot } from '../../../bench/lib/plot.ts'
import { readmeRows, withRows } from '../../../bench/lib/readme.ts'
import { runFigure } from '../../../bench/lib/run-figure.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const MEASURED: Measured = {
  title: 'A figure: of it',
  how: ['By looking.'],
  tables: [
    {
      columns: [{ title: 'what' }, { title: 'ratio', digits: 2 }],
      rows: [
        ['a|b', 1.5],
        ['c', 2]
      ]
    }
  ],
  findings: [
    { what: 'ratio of c', result: '2 times', target: { text: 'at most 1 time', isReached: false }, inReadme: true }
  ]
}

const FIGURE: FigureFile = figureFile.parse({
  name: 'it',
  ...MEASURED,
  startedAt: '2026-01-02T03:04:05.678Z',
  seconds: 9,
  commit: 'abc+',
  machine: { cpu: 'A CPU', cores: 2, memoryMib: 4096, system: 'Linux 6' },
  versions: { node: '24.0.0' },
  load: { before: 1, after: 2, othersCores: 0.5 }
})

test('a bench leaves what it measured, and on what', async () => {
  const folder = await tempDir()
  vi.stubEnv('GRAV1_BENCH_RESULTS', folder)
  const [log, error] = (['log', 'error'] as const).map((name) => vi.spyOn(console, name).mockImplementation(() => {}))
  try {
    await beginFigure('it').publish(MEASURED)
    expect(log?.mock.calls.join('\n')).toContain('ratio of c: 2 times (at most 1 time: missed)')
  } finally {
    for (const spy of [log, error]) spy?.mockRestore()
    vi.unstubAllEnvs()
  }
  const written = figureFile.parse(JSON.parse(await readFile(join(folder, 'it.json'), 'utf8')))
  expect(written).toMatchObject({ name: 'it', tables: FIGURE.tables, findings: FIGURE.findings })
  expect(written.versions['node']).toBe(process.versions.node)
  expect(written.machine.cores).toBeGreaterThan(0)
})

test('a table has its numbers right, with their digits', () => {
  expect(FIGURE.tables.map(markdownTable)).toEqual([
    ['| what | ratio |', '| --- | --: |', String.raw`| a\|b | 1.50 |`, '| c | 2.00 |'].join('\n')
  ])
})

test('the page says of each finding whether its target was reached', () => {
  const page = benchmarksPage([FIGURE])
  expect(page).toContain('| ratio of c | 2 times | at most 1 time | **no** | [it](#a-figure-of-it) |')
  expect(page).toContain('| it | 2026-01-02 03:04 UTC | 9 s | abc+ | 1 and 2 | 0.50 |')
})

test('a row of the README takes the place of the same one, or goes to the end of the table', () => {
  const readme = (rows: string) =>
    `# It\n| other | 1 |\n\n## Measured\n\n| what | result |\n| --- | --- |\n${rows}\nText.\n\n## More\n`
  const rows = readmeRows([FIGURE])
  expect(withRows(readme('| ratio of c | old |\n| other | 1 |\n'), rows)).toBe(
    readme('| ratio of c | 2 times |\n| other | 1 |\n')
  )
  expect(withRows(readme('| other | 1 |\n'), rows)).toBe(readme('| other | 1 |\n| ratio of c | 2 times |\n'))
})

test('the plot has the line of the simulated swarms and the points of the real ones', () => {
  const scaling = (of: 'simulated' | 'daemons', efficiency: number): FigureFile => ({
    ...FIGURE,
    scaling: { of, points: [1, 10].map((machines) => ({ machines, efficiency })) }
  })
  const plot = scalingPlot([FIGURE, scaling('simulated', 1), scaling('daemons', 0.95)])
  expect(plot).toContain('<polyline points="64.0,28.0 696.0,28.0"')
  expect(plot).toContain('<circle cx="696.0" cy="166.0" r="5" class="dot-daemons"/>')
  expect(plot).not.toContain('NaN')
  expect(scalingPlot([])).not.toContain('NaN')
})

test('what others took is the time of all processors without our own', () => {
  expect(othersCores({ atMs: 0, busy: 10, own: 1 }, { atMs: 2000, busy: 13, own: 3 })).toBe(0.5)
  expect(othersCores(undefined, undefined)).toBeNull()
})

test('a bench that fails, or wrote nothing, is said', async () => {
  const results = await tempDir()
  const run = async (command: readonly string[]) =>
    runFigure({ name: 'it', command: [process.execPath, ...command], results, msMax: 600_000 })
  const js = (code: string): string[] => ['-e', code]
  expect(await run(js('process.exitCode = 3'))).toBe('failed with code 3')
  expect(await run(js(''))).toBe('wrote no figure')
  expect(await run(js(`fs.writeFileSync(process.env.GRAV1_BENCH_RESULTS + '/it.json', '')`))).toBeUndefined()
})

test('a bench that hangs is ended', async () => {
  const command = [process.execPath, '-e', 'setInterval(() => {}, 1000)'] as const
  const problem = await runFigure({ name: 'it', command, results: await tempDir(), msMax: 200 })
  expect(problem).toBe('was not done after 0.2 s')
})

test('nothing that a bench started is left', async () => {
  const results = await tempDir()
  const left = `child_process.spawn('sleep', ['600'], { stdio: 'ignore' })`
  const code = `fs.writeFileSync(process.env.GRAV1_BENCH_RESULTS + '/it.json', String(${left}.pid)); process.exit()`
  await runFigure({ name: 'it', command: [process.execPath, '-e', code], results, msMax: 600_000 })
  const pid = Number(await readFile(join(results, 'it.json'), 'utf8'))
  await eventually('what it started is gone', () => !isAlive(pid))
})
