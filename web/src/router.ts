import { signal } from '@preact/signals'

/** Where in the client the user is: the part of the address behind `#`. The address counts scenes from 1, `scene` from 0. */
export type Route =
  | { readonly page: 'projects' }
  | { readonly page: 'project'; readonly projectId: string; readonly scene: number | undefined }
  | { readonly page: 'swarm' }
  | { readonly page: 'charts' }
  | { readonly page: 'logs' }
  | { readonly page: 'settings' }
  /** Of somebody who was invited, by the text of the invitation. */
  | { readonly page: 'join'; readonly text: string }

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function parse(hash: string): Route {
  const [page = '', id = '', scene] = hash.replace(/^#\/?/, '').split('/').map(decoded)
  if (page === 'project' && id !== '')
    return { page, projectId: id, scene: scene != null && /^[1-9]\d*$/.test(scene) ? Number(scene) - 1 : undefined }
  if (page === 'join' && /^grav1:[\w-]+$/.test(id)) return { page, text: id }
  if (page === 'swarm' || page === 'charts' || page === 'logs' || page === 'settings') return { page }
  return { page: 'projects' }
}

export const route = signal<Route>(parse(location.hash))

addEventListener('hashchange', () => {
  route.value = parse(location.hash)
})

/** The address of a place in the client. */
export function linkTo(to: Route): string {
  if (to.page === 'join') return `#/join/${to.text}`
  if (to.page !== 'project') return `#/${to.page}`
  return `#/project/${encodeURIComponent(to.projectId)}${to.scene == null ? '' : `/${to.scene + 1}`}`
}

export function goTo(to: Route): void {
  location.hash = linkTo(to)
}
