import { bytes, duration, fps as fpsText, sharePercent, whole } from '../format.ts'
import { nameOf } from '../people.ts'
import { framesText, leftPhrase } from '../projects/progress.ts'
import { Params } from '../ui/params.tsx'
import { Sentence } from '../ui/sentence.tsx'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

const STATE_WORDS: Readonly<Record<ProjectStatus['state'], string>> = {
  queued: 'Queued',
  analysing: 'Its owner is analysing the source',
  encoding: 'Being encoded',
  joining: 'All scenes are done; the owner is joining the file',
  waiting: 'It is waiting; no encoded scene is lost',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled'
}

/** What film this is and how far it is. */
export function FilmHead({ project, fps }: { readonly project: ProjectStatus; readonly fps: number }) {
  const { width, height, encoder, encoderBuild, encoderParams, totalFrames } = project
  const facts = [
    ...(width > 0 ? [`${width}×${height}`] : []),
    ...(fps > 0 ? [`${fps.toFixed(3).replace(/\.?0+$/, '')} fps`] : []),
    ...(fps > 0 && totalFrames > 0 ? [`${project.planned ? '' : 'about '}${duration(totalFrames / fps)}`] : []),
    ...(project.sourceBytes > 0 ? [`source ${bytes(project.sourceBytes)}`] : [])
  ]
  return (
    <header class="film-head">
      <div>
        <h1 id="film-title">{project.title}</h1>
        <p class="sub">
          {facts.join(' · ')}
          <br />
          {encoderBuild === '' ? encoder : encoderBuild}
          {project.builds === 'compatible' && ' and compatible builds'} <Params text={encoderParams} />
          <br />
          owned by {nameOf(project.owner)}
        </p>
      </div>
      <Progress project={project} />
    </header>
  )
}

function Progress({ project }: { readonly project: ProjectStatus }) {
  const { state, fps, etaSeconds, kbps, estimatedBytes } = project
  const running = state === 'encoding' || state === 'analysing'
  const words = [
    STATE_WORDS[state],
    ...(running && fps > 0 ? [`at ${fpsText(fps)}`] : []),
    ...(running && etaSeconds != null ? [leftPhrase(project)] : [])
  ]
  return (
    <div class="film-progress">
      <p class="big">
        {sharePercent(project.share)} <span class="sub">{framesText(project)}</span>
      </p>
      <p>
        {words.join(', ')}.
        {project.reason !== '' && (
          <span class="reason">
            {' '}
            <Sentence text={project.reason} />
          </span>
        )}
      </p>
      <p class="sub">
        {project.bytes > 0 && `${bytes(project.bytes)}${running ? ' so far' : ''}`}
        {kbps != null && ` at ${whole(kbps)} kbit/s`}
        {running && estimatedBytes != null && `; about ${bytes(estimatedBytes)}`}
      </p>
    </div>
  )
}
