import { linkTo } from '../router.ts'
import { projects } from '../store.ts'

export function ProjectsPage() {
  return (
    <section aria-labelledby="projects-title">
      <h1 id="projects-title">Projects</h1>
      <ul class="plain">
        {[...projects.value.values()].map(({ projectId, title, state, frames, totalFrames }) => (
          <li key={projectId}>
            <a href={linkTo({ page: 'project', projectId, scene: undefined })}>{title}</a> {state}, {frames} of{' '}
            {totalFrames} frames
          </li>
        ))}
      </ul>
    </section>
  )
}
