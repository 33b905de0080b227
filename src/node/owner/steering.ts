import type { Intake } from './intake.ts'
import type { OwnProjects } from './own-projects.ts'

export interface SteeringComponents {
  readonly projects: Pick<OwnProjects, 'running'>
  readonly intake: Pick<Intake, 'cancel' | 'setPriority'>
}

/** Commands for a project, or for a submission that waits to become one. */
export interface Steering {
  /** @returns false when it has ended already. */
  readonly cancel: (projectId: string) => Promise<boolean>
  /** @returns false when it has ended already. */
  readonly setPriority: (projectId: string, priority: number) => Promise<boolean>
}

export function createSteering({ projects, intake }: SteeringComponents): Steering {
  return {
    cancel: async (projectId) => {
      if (await intake.cancel(projectId)) return true
      const project = projects.running(projectId)
      await project?.end('cancelled', 'cancelled')
      return project != null
    },
    setPriority: async (projectId, priority) => {
      if (await intake.setPriority(projectId, priority)) return true
      const project = projects.running(projectId)
      await project?.setPriority(priority)
      return project != null
    }
  }
}
