import { useEffect } from 'preact/hooks'
import { startSamples } from './charts/samples.ts'
import { ProjectsPage } from './projects/projects-page.tsx'
import { goTo, route } from './router.ts'
import { access } from './session/session.ts'
import { SignIn } from './session/sign-in.tsx'
import { Header, PAGES } from './shell/header.tsx'
import { Submit } from './submit/submit.tsx'
import { lazy } from './ui/lazy.ts'
import { notifyOfEnds } from './ui/notify.tsx'
import { Shortcuts, useShortcuts } from './ui/shortcuts.tsx'
import { keepTitle } from './ui/title.ts'
import { Toasts } from './ui/toasts.tsx'

const ChartsPage = lazy(async () => (await import('./charts/charts-page.tsx')).ChartsPage)
const FilmPage = lazy(async () => (await import('./film/film-page.tsx')).FilmPage)
const JoinPage = lazy(async () => (await import('./join/join-page.tsx')).JoinPage)
const LogsPage = lazy(async () => (await import('./logs/logs-page.tsx')).LogsPage)
const SettingsPage = lazy(async () => (await import('./settings/settings-page.tsx')).SettingsPage)
const SwarmPage = lazy(async () => (await import('./swarm/swarm-page.tsx')).SwarmPage)

function Page() {
  switch (route.value.page) {
    case 'project':
      return <FilmPage key={route.value.projectId} projectId={route.value.projectId} scene={route.value.scene} />
    case 'swarm':
      return <SwarmPage />
    case 'charts':
      return <ChartsPage />
    case 'logs':
      return <LogsPage />
    case 'settings':
      return <SettingsPage />
    case 'join':
      return <JoinPage />
    case 'projects':
      return <ProjectsPage />
    default:
      return route.value satisfies never
  }
}

export function App() {
  useEffect(() => {
    notifyOfEnds()
    keepTitle()
    startSamples()
  }, [])
  useShortcuts(PAGES.map(({ page, name, keys }) => ({ keys, does: `go to ${name}`, run: () => goTo({ page }) })))
  return (
    <>
      <Header />
      <main id="main" tabIndex={-1}>
        {access.value === 'none' && route.value.page !== 'join' ? <SignIn /> : <Page />}
      </main>
      <Submit />
      <Shortcuts />
      <Toasts />
    </>
  )
}
