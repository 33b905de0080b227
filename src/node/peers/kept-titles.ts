import type { LogBook } from '../../swarm/index.ts'
import type { ProjectTitle } from '../../swarm/protocol/index.ts'

/** Titles of this node's projects that only trusted peers are told. */
export const keptTitles = (book: Pick<LogBook, 'views'>, self: string): ProjectTitle[] =>
  [...book.views.values()]
    .filter(({ owner, announce, end }) => owner === self && announce.share === 'trusted' && end?.state !== 'removed')
    .flatMap(({ projectId, announce: { title } }) => (title === '' ? [] : [{ projectId, title }]))
