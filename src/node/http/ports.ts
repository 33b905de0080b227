import { sameBuild } from '../../encode/rules/index.ts'
import { measuredScenes } from '../owner/past-speed.ts'
import { createCalled } from './called.ts'
import { createCompleted, type CompletedComponents } from './completed.ts'
import { createDryRun, type DryRunPortComponents } from './dry-run.ts'
import { createEvents } from './events.ts'
import { createProjects, type ProjectsComponents } from './projects.ts'
import { createScenes, type ScenesComponents } from './scenes.ts'
import { createSnapshots, type SnapshotsComponents } from './snapshots.ts'
import { createSubmissions, type SubmissionsComponents } from './submissions.ts'
import type { ApiPorts, NodePort } from '../../api/ports.ts'
import type { LogBook } from '../../swarm/index.ts'
import type { OwnerService } from '../owner/owner-service.ts'

/** Ports that are made from rooms of the node; the others are given. */
type MadeHere = 'projects' | 'scenes' | 'completed' | 'dryRun' | 'events' | 'health'

export interface ApiPortsComponents extends Omit<ApiPorts, MadeHere> {
  readonly peerId: string
  readonly book: Pick<LogBook, 'views' | 'beats' | 'behind' | 'onRecord' | 'onBeat'>
  readonly owner: Pick<OwnerService, 'submit' | 'check' | 'bars' | 'waiting' | 'jobOf' | 'stateOf'>
  readonly heard: SnapshotsComponents['heard']
  readonly isBanned?: SnapshotsComponents['isBanned']
  readonly idleOf: SnapshotsComponents['idleOf']
  readonly uploadPath: SubmissionsComponents['uploadPath']
  readonly setOutput: ProjectsComponents['setOutput']
  readonly carryOut: ProjectsComponents['carryOut']
  readonly forward: ProjectsComponents['forward']
  readonly history: ScenesComponents['history']
  readonly blobs: ScenesComponents['blobs']
  readonly exchange: ScenesComponents['exchange'] & CompletedComponents['exchange']
  readonly clips: ScenesComponents['clips']
  readonly outputs: CompletedComponents['outputs']
  readonly analyses: DryRunPortComponents['analyses']
}

export interface ApiPortsInit {
  /** Folders that callers without the token may name. */
  readonly media: readonly string[]
}

/** Every port of the API but `health`, which needs what is made last. */
export function createApiPorts(components: ApiPortsComponents, init: ApiPortsInit): Omit<ApiPorts, 'health'> {
  const { peerId, book, owner, blobs, exchange, history, clips, analyses, outputs } = components
  const {
    node,
    directories,
    encoders,
    presets,
    logs,
    uploads,
    chronicle,
    standings,
    tokens,
    invites,
    setOutput,
    carryOut,
    forward
  } = components
  const called = createCalled(node)
  const snapshots = createSnapshots(components)
  const submissions = createSubmissions(components, init)
  const projects = createProjects({ peerId, snapshots, submissions, owner, setOutput, carryOut, forward, called })
  const scenes = createScenes({ peerId, snapshots, history, owner, node, blobs, exchange, clips })
  const dryRun = createDryRun({
    analyses,
    bars: owner.bars,
    submissions,
    check: owner.check,
    measured: (build, params) => measuredScenes(book.views.values(), build, params),
    slots: (build) => slotsFor(build, node)
  })
  return {
    projects,
    scenes,
    completed: createCompleted({ peerId, outputs, exchange, snapshots, called }),
    dryRun,
    node,
    events: createEvents({ projects, node, scenes, logs, book, waiting: owner.waiting }),
    directories,
    encoders,
    presets,
    logs,
    chronicle,
    standings,
    tokens,
    invites,
    uploads
  }
}

/** Of this node and connected peers that have the build. */
function slotsFor(build: string, { status, peers }: Pick<NodePort, 'status' | 'peers'>): number {
  const able = [status(), ...peers()].filter(
    ({ connected, encoders }) => connected && encoders.some((one) => sameBuild(one, build))
  )
  return able.reduce((sum, { slots }) => sum + slots, 0)
}
