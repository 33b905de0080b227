import { sceneName } from '../format.ts'
import { linkTo } from '../router.ts'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

const FAILURES_MAX = 20

/** Scenes that failed, and why; nothing where none did. */
export function Failures({ project: { projectId, failures } }: { readonly project: ProjectStatus }) {
  if (failures.length === 0) return null
  return (
    <>
      <h3>Failed scenes</h3>
      <ul>
        {failures.slice(0, FAILURES_MAX).map(({ scene, attempts, reason }) => (
          <li key={scene}>
            <a href={linkTo({ page: 'project', projectId, scene })}>{sceneName(scene)}</a>, tried{' '}
            {attempts === 1 ? 'once' : `${attempts} times`}: {reason}
          </li>
        ))}
        {failures.length > FAILURES_MAX && <li>and {failures.length - FAILURES_MAX} more</li>}
      </ul>
    </>
  )
}
