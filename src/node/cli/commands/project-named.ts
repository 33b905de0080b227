import { basename, extname } from 'node:path'
import type { ProjectStatus } from '../../../api/schemas/index.ts'
import { CliError } from '../errors.ts'
import { shownTitle } from '../format.ts'

type Named = Pick<ProjectStatus, 'projectId' | 'title' | 'outputPath'>

/** Whether the name is that of the source or of the finished file, with or without folder and extension. */
function isCalled(name: string, { title, outputPath }: Named): boolean {
  const file = basename(name)
  const output = outputPath === null ? [] : [outputPath, basename(outputPath)]
  return [title, basename(title, extname(title)), ...output].some((one) => one === name || one === file)
}

/**
 * The project that a user means: by its id, the unique start of an id, or a title or file name that only one project has.
 * @throws {@link CliError} `unknown-project` with the candidates where there are several
 */
export function projectNamed<Project extends Named>(projects: readonly Project[], name: string): Project {
  const exact = projects.find(({ projectId }) => projectId === name)
  if (exact) return exact
  const matching = projects.filter(
    (project) => name !== '' && (project.projectId.startsWith(name) || isCalled(name, project))
  )
  const [first, ...others] = matching
  if (first === undefined)
    throw new CliError('unknown-project', `There is no project "${name}". "grav1 projects --all" lists them.`)
  if (others.length === 0) return first
  const named = matching.map(({ projectId, title }) => `${projectId} (${shownTitle(title)})`)
  throw new CliError('unknown-project', `"${name}" matches several projects: ${named.join(', ')}. Give an id.`)
}
