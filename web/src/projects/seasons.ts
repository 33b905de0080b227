import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

/** Films of one season, or a film of none. */
export type Entry =
  | { readonly type: 'film'; readonly project: ProjectStatus }
  | { readonly type: 'season'; readonly name: string; readonly projects: readonly ProjectStatus[] }

const EPISODE = /^(?<name>.*?)[\s._-]*(?:s(?<season>\d{1,2})[\s._-]*e\d{1,3}|\b(?<other>\d{1,2})x\d{2,3})(?!\d)/i

/** `The Show, season 2`, from titles such as `The.Show.S02E05.mkv` and `the show 2x05.mkv`; undefined for what is no episode. */
export function seasonOf(title: string): string | undefined {
  const parts = EPISODE.exec(title)?.groups
  if (parts === undefined) return undefined
  const name = (parts['name'] ?? '').replaceAll(/[\s._-]+/g, ' ').trim()
  const season = `season ${Number(parts['season'] ?? parts['other'])}`
  return name === '' ? season : `${name}, ${season}`
}

/** The list with the films of each season together, where the first of them stands; a season of one film is none. */
export function entriesOf(projects: readonly ProjectStatus[], grouped: boolean): readonly Entry[] {
  const seasons = new Map<string, ProjectStatus[]>()
  for (const project of grouped ? projects : []) {
    const key = seasonOf(project.title)?.toLocaleLowerCase()
    if (key !== undefined) seasons.set(key, [...(seasons.get(key) ?? []), project])
  }
  const entries: Entry[] = []
  for (const project of projects) {
    const name = seasonOf(project.title)
    const members = seasons.get(name?.toLocaleLowerCase() ?? '') ?? []
    if (name === undefined || members.length < 2) entries.push({ type: 'film', project })
    else if (members[0] === project) entries.push({ type: 'season', name, projects: members })
  }
  return entries
}
