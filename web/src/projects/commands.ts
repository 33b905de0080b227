import { answerOf, api } from '../api.ts'
import type { Action } from '../ui/quote.ts'

const path = (id: string): string => `api/v2/projects/${encodeURIComponent(id)}`

/** The same as below, for a shell. */
export const actionOf = {
  setPriority: (id: string, priority: number): Action => ({ method: 'PATCH', path: path(id), body: { priority } }),
  cancel: (id: string): Action => ({ method: 'POST', path: `${path(id)}/cancel`, command: ['cancel', id] }),
  retry: (id: string): Action => ({ method: 'POST', path: `${path(id)}/retry`, command: ['retry', id] }),
  setOutput: (id: string, output: string, overwrite: boolean): Action => ({
    method: 'POST',
    path: `${path(id)}/output`,
    body: overwrite ? { output, overwrite } : { output },
    // A command means what is relative from the folder of its shell.
    ...(output.startsWith('/') ? { command: ['output', id, output, ...(overwrite ? ['--overwrite'] : [])] } : {})
  }),
  remove: (id: string): Action => ({ method: 'DELETE', path: path(id) }),
  show: (id: string): Action => ({ method: 'GET', path: path(id), command: ['status', '--json'] })
}

export async function setPriority(id: string, priority: number): Promise<void> {
  await answerOf(await api.projects[':id'].$patch({ param: { id }, json: { priority } }))
}

export async function cancel(id: string): Promise<void> {
  await answerOf(await api.projects[':id'].cancel.$post({ param: { id } }))
}

export async function retry(id: string): Promise<void> {
  await answerOf(await api.projects[':id'].retry.$post({ param: { id } }))
}

export async function setOutput(id: string, output: string, overwrite: boolean): Promise<void> {
  const json = overwrite ? { output, overwrite } : { output }
  await answerOf(await api.projects[':id'].output.$post({ param: { id }, json }))
}

/** `keepalive`: goes out even though the page is closed meanwhile. */
export async function remove(id: string, keepalive: boolean): Promise<void> {
  const response = await api.projects[':id'].$delete({ param: { id } }, { init: { keepalive } })
  if (!response.ok) await answerOf(response)
}
