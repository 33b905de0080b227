import { keptProject } from './kept-job.ts'
import { deriveProjectId, type LogBook, type Signer, type Spread } from '../../swarm/index.ts'
import type { CheckedSubmit } from './submit.ts'
import type { Share } from '../../swarm/protocol/index.ts'
import type { OwnProjects } from './own-projects.ts'
import type { OwnStore } from '../../storage/index.ts'
import type { Tenure } from './tenure.ts'
import type { WaitingSubmission } from './intake.ts'

export interface AnnouncingComponents {
  readonly projects: Pick<OwnProjects, 'keep' | 'ask' | 'whileBeginning' | 'begin'>
  readonly tenure: Pick<Tenure, 'opened'>
  readonly book: Pick<LogBook, 'append'>
  readonly spread: Pick<Spread, 'publish'>
  readonly signer: Pick<Signer, 'peerId'>
  readonly own: Pick<OwnStore, 'put'>
}

/**
 * Makes a project of a submission that was checked: stores its job, announces it, begins with it.
 * @param nonce 16 random bytes, hex
 * @param waited what it was before, kept until it is announced: killed on the way, the node still has one of both
 * @returns its id
 */
export type Announce = (checked: CheckedSubmit, nonce: string, waited?: WaitingSubmission) => Promise<string>

export interface AnnouncingInit {
  /** Who sees new projects, and gets their pieces and scenes. */
  readonly share: Share
}

/** The title stays in the job, on this node's own disk. */
const untitled = ({ job, announce }: CheckedSubmit): Pick<CheckedSubmit, 'job' | 'announce'> => ({
  job: { ...job, title: announce.title },
  announce: { ...announce, title: '' }
})

export function createAnnouncing(components: AnnouncingComponents, { share }: AnnouncingInit): Announce {
  const { projects, tenure, book, spread, signer, own } = components
  return async (checked, nonce, waited) => {
    const { job, announce } = share === 'trusted' ? untitled(checked) : checked
    const epoch = await tenure.opened
    const projectId = deriveProjectId(signer.peerId, nonce)
    await own.put(keptProject(projectId, job, undefined, waited))
    projects.keep({ projectId, job, timestampsMs: undefined })
    // Nobody has asked since this start for what waited.
    if (waited === undefined) projects.ask(projectId)
    await projects.whileBeginning(projectId, async () => {
      const envelope = await book.append(projectId, epoch, {
        type: 'announce',
        announce: { ...announce, nonce, share }
      })
      await spread.publish(projectId, 'log', envelope)
      await projects.begin(projectId, epoch)
    })
    return projectId
  }
}
