import { formatBytes } from '../../common/text.ts'
import type { SceneStatus } from '../schemas/index.ts'
import { stepChart } from './chart.ts'
import { durationText } from './duration.ts'
import { type FilmReport, scoreFor, type ScenePictures, worstScenes } from './film-report.ts'
import { html, Markup } from './html.ts'
import { machinesTable, timeline, times } from './machines.ts'

const STYLE = new Markup(`
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 70rem; margin: auto; padding: 1rem }
table { border-collapse: collapse } td, th { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top }
svg { width: 100%; height: auto; max-height: 16rem; background: #8882 } figure { margin: 1rem 0 }
path { fill: none; stroke: #27c; stroke-width: 2; vector-effect: non-scaling-stroke }
.used { fill: #27c } .lost { fill: #c52 } .times { display: flex; gap: .5rem }
.times ol { margin: 0; padding: 0; list-style: none } .times li { height: 18px; line-height: 18px; font-size: 13px; white-space: nowrap }
.times svg { flex: 1; max-height: none } .pair { display: flex; gap: .5rem; flex-wrap: wrap } .pair figure { margin: 0 } img { max-width: 100% }
code { overflow-wrap: anywhere }`)

/** The report as one HTML file: no script, and nothing from elsewhere. @param pictures by scene, of the worst */
export function reportPage(report: FilmReport, pictures: ReadonlyMap<number, ScenePictures>): string {
  const { project, scenes } = report
  const fps = project.fpsDen > 0 ? project.fpsNum / project.fpsDen : 0
  const score = scoreFor(scenes)
  const steps = (of: (scene: SceneStatus) => number | null) =>
    scenes.map((scene) => ({ from: scene.start, to: scene.start + scene.frames, value: of(scene) }))
  const worst = worstScenes(scenes, score).map((scene) => sceneSection(scene, fps, pictures.get(scene.scene)))
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <title>Report: ${project.title}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <h1>${project.title}</h1>
        <p>${facts(report, fps).join(' · ')}</p>
        <p>${project.encoderBuild} <code>${project.encoderParams}</code></p>
        <h2>Over the film</h2>
        ${stepChart(
          steps(({ kbps }) => kbps),
          { title: 'Bitrate', unit: 'kbit/s', fromZero: true }
        )}
        ${stepChart(steps(score.of), { title: `Quality (${score.name})`, unit: 'dB', fromZero: false })}
        <h2>The worst scenes</h2>
        ${worst.length === 0 ? html`<p>This node did not compare any scene with its source.</p>` : worst}
        <h2>Who encoded what</h2>
        ${machinesTable(report)} ${timeline(report)}
        <h2>Where the time went</h2>
        ${times(report)}
        <p>Made by grav1 on ${new Date(report.madeAtMs).toISOString()}.</p>
      </body>
    </html>`
  return page.text
}

function facts({ project, scenes }: FilmReport, fps: number): readonly string[] {
  const done = scenes.filter(({ state }) => state === 'done')
  const frames = scenes.reduce((sum, scene) => sum + scene.frames, 0)
  return [
    `${project.width}×${project.height}`,
    ...(fps > 0 ? [`${fps.toFixed(3)} frames per second`, durationText(frames / fps)] : []),
    project.state,
    `${done.length} of ${scenes.length} scenes done`,
    formatBytes(done.reduce((sum, scene) => sum + scene.bytes, 0))
  ]
}

function sceneSection(scene: SceneStatus, fps: number, pictures: ScenePictures | undefined): Markup {
  const db = (name: string, value: number | null): string[] =>
    value === null ? [] : [`${name} ${value.toFixed(2)} dB`]
  const parts = [
    fps > 0 ? `at ${durationText(scene.start / fps)}` : `from frame ${scene.start}`,
    `${scene.frames} frames`,
    ...db('XPSNR', scene.xpsnr),
    ...db('mean PSNR', scene.psnrMean),
    ...db('lowest PSNR', scene.psnr),
    ...(scene.kbps === null ? [] : [`${Math.round(scene.kbps)} kbit/s`]),
    ...(scene.quantiser === null ? [] : [`quantiser ${scene.quantiser}`])
  ]
  const figure = (name: string, picture: string | undefined): Markup =>
    picture === undefined
      ? html`<figure><figcaption>${name}: not available on this node</figcaption></figure>`
      : html`<figure>
          <img src="${picture}" alt="${name}" />
          <figcaption>${name}</figcaption>
        </figure>`
  return html`<section>
    <h3>Scene ${scene.scene + 1}</h3>
    <p>${parts.join(' · ')}</p>
    <div class="pair">${figure('Source', pictures?.source)} ${figure('Result', pictures?.result)}</div>
  </section>`
}
