import { useState } from 'preact/hooks'
import { Failures } from '../projects/failures.tsx'
import { ProjectFacts } from '../projects/project-facts.tsx'
import { Sample } from '../projects/sample.tsx'
import { Warnings } from '../projects/warnings.tsx'
import { FilmGraph } from './film-graph.tsx'
import { MakersTable } from './makers-table.tsx'
import type { Film } from './films.ts'
import type { Maker } from './makers.ts'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

/** What is known of a film beside its scenes, folded away while it is encoded: facts, who made how much, bitrate and quality. */
export function FilmFacts({
  film,
  makers,
  project,
  fps
}: {
  readonly film: Film
  readonly makers: readonly Maker[]
  readonly project: ProjectStatus
  readonly fps: number
}) {
  const { endedAtMs, sample, warnings } = project
  const [isGraphOpen, setGraphOpen] = useState(false)
  return (
    <div class="film-facts">
      <Failures project={project} />
      <Warnings warnings={warnings} />
      {sample != null && <Sample sample={sample} />}
      <details open={endedAtMs != null}>
        <summary>Details, and who encoded how much</summary>
        <ProjectFacts project={project} />
        <MakersTable makers={makers} />
      </details>
      {fps > 0 && (
        <details onToggle={({ currentTarget }) => setGraphOpen(currentTarget.open)}>
          <summary>Bitrate and quality over the film</summary>
          {isGraphOpen && <FilmGraph film={film} fps={fps} />}
        </details>
      )}
    </div>
  )
}
