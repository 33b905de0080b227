import { FilmPage } from './film/film-page.tsx'
import { ProjectsPage } from './projects/projects-page.tsx'
import { linkTo, route } from './router.ts'
import { connection, node } from './store.ts'
import { SwarmPage } from './swarm/swarm-page.tsx'

const PAGES = [
  { page: 'projects', name: 'Projects' },
  { page: 'swarm', name: 'Swarm' }
] as const

function Page() {
  switch (route.value.page) {
    case 'project':
      return <FilmPage key={route.value.projectId} projectId={route.value.projectId} scene={route.value.scene} />
    case 'swarm':
      return <SwarmPage />
    case 'projects':
    case 'charts':
    case 'logs':
      return <ProjectsPage />
    default:
      return route.value satisfies never
  }
}

const STATUS = {
  connecting: 'connecting to the node',
  live: 'live',
  lost: 'the node does not answer; trying again'
} as const

export function App() {
  return (
    <>
      <header class="bar">
        <a class="brand" href={linkTo({ page: 'projects' })}>
          grav1
        </a>
        <nav aria-label="Pages">
          {PAGES.map(({ page, name }) => (
            <a key={page} href={linkTo({ page })} aria-current={route.value.page === page ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <p class={`view ${connection.value.status}`} role="status">
          {node.value == null ? '' : `seen from ${node.value.name}, `}
          {STATUS[connection.value.status]}
        </p>
      </header>
      <main>
        <Page />
      </main>
    </>
  )
}
