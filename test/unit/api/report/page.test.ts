import { describe, expect, test } from 'vitest'
import type { SceneStatus } from '../../../../src/api/schemas/index.ts'
import { type FilmReport, scoreFor, worstScenes } from '../../../../src/api/report/film-report.ts'
import { html } from '../../../../src/api/report/html.ts'
import { reportPage } from '../../../../src/api/report/page.ts'
import { attemptOf } from '../../../fixtures/attempts.ts'
import { project } from '../../node/cli/fixtures.ts'

const sceneOf = (scene: number, change: Partial<SceneStatus> = {}): SceneStatus => ({
  scene,
  start: scene * 100,
  frames: 100,
  state: 'done',
  encoderParams: '',
  quantiser: null,
  worker: 'kitchen-peer',
  framesDone: 100,
  bytes: 50_000,
  kbps: 100 + scene,
  encodeSeconds: 20,
  psnr: 38 + scene,
  psnrMean: 40 + scene,
  xpsnr: null,
  attempts: 1,
  sha256: null,
  provedBy: null,
  ...change
})

const reportOf = (change: Partial<FilmReport> = {}): FilmReport => ({
  project: project({ title: 'film.mkv', endedAtMs: 61_001 }),
  scenes: Array.from({ length: 12 }, (_, index) => sceneOf(index)),
  attempts: [
    attemptOf({ scene: 0, worker: 'kitchen-peer', startedAtMs: 1000, endedAtMs: 31_000, verdict: 'accepted' }),
    attemptOf({ scene: 1, worker: 'attic-peer', startedAtMs: 2000, endedAtMs: 12_000, verdict: 'failed' })
  ],
  nameOf: (peer) => peer.replace('-peer', ''),
  madeAtMs: 0,
  ...change
})

test('the worst scenes come first, by XPSNR where there is one', () => {
  const { scenes } = reportOf()
  expect(worstScenes(scenes.toReversed(), scoreFor(scenes)).map(({ scene }) => scene)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  const aimed = scenes.map((scene) => ({ ...scene, xpsnr: 50 - scene.scene }))
  expect(scoreFor(aimed).name).toBe('XPSNR')
  expect(worstScenes(aimed, scoreFor(aimed))[0]?.scene).toBe(11)
  const unmeasured = scenes.map((scene) => ({ ...scene, psnr: null, psnrMean: null }))
  expect(worstScenes(unmeasured, scoreFor(unmeasured))).toEqual([])
})

describe('the page', () => {
  test('tells the story of the film', () => {
    const picture = 'data:image/jpeg;base64,AAAA'
    const page = reportPage(reportOf(), new Map([[0, { source: picture, result: undefined }]]))
    for (const text of [
      '<h1>film.mkv</h1>',
      'Bitrate, 0.0 to 111.0 kbit/s',
      'Quality (mean PSNR), 40.0 to 51.0 dB',
      '<h3>Scene 1</h3>',
      'mean PSNR 40.00 dB',
      `<img src="${picture}" alt="Source"`,
      'Result: not available on this node',
      '<td>kitchen</td>',
      'scene 2, attic, failed',
      'from submission to the end'
    ])
      expect(page).toContain(text)
    const order = [...page.matchAll(/<h3>Scene (\d+)/g)].map(([, scene]) => Number(scene))
    expect(order).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(page).toMatch(/<td>attempts without a result<\/td>\s*<td>10\.0 s<\/td>/)
  })

  test('loads nothing, runs nothing, and asks the browser to hold it to that', () => {
    const page = reportPage(reportOf(), new Map())
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`)
    expect(page).not.toMatch(/<script|<link|\son\w+=|https?:|url\(/i)
  })

  test.for([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "'onload='alert(1)",
    '</title><svg onload=alert(1)>',
    '</style><script>x</script>',
    '&lt;b&gt;'
  ])('%s is text, wherever a stranger writes it', (evil) => {
    const page = reportPage(
      reportOf({
        project: project({ title: evil, encoderBuild: evil, encoderParams: evil, reason: evil }),
        nameOf: () => evil
      }),
      new Map()
    )
    const clean = reportPage(
      reportOf({ project: project({ title: '', encoderBuild: '', encoderParams: '' }), nameOf: () => '' }),
      new Map()
    )
    const tagsOf = (text: string): string[] => text.match(/<[^>]*>/g) ?? []
    expect(tagsOf(page).length).toBe(tagsOf(clean).length)
    expect(page).not.toContain(evil)
    expect(page).toContain(html`${evil}`.text)
  })

  test('says what is not known of a film that has just begun', () => {
    const page = reportPage(reportOf({ project: project(), scenes: [], attempts: [] }), new Map())
    expect(page).toContain('Bitrate: not measured.')
    expect(page).toContain('This node did not compare any scene with its source.')
    expect(page).toContain('This node does not know when the attempts were made.')
  })

  test('of thousands of scenes stays small', () => {
    const scenes = Array.from({ length: 5000 }, (_, index) => sceneOf(index))
    const attempts = scenes.flatMap(({ scene }) =>
      [0, 1].map((attempt) =>
        attemptOf({ scene, attempt, startedAtMs: scene, endedAtMs: scene + 10, verdict: 'accepted' })
      )
    )
    const page = reportPage(reportOf({ scenes, attempts }), new Map())
    expect(page.length).toBeLessThan(2_000_000)
    expect(page).toContain('5000 older attempts left out.')
  })
})
