import { Counter, Gauge, Registry } from 'prom-client'
import { projectStateOf } from '../../api/project-json.ts'
import { projectState } from '../../api/schemas/index.ts'
import { stateCounts } from '../../api/scene-counts.ts'
import type { ApiPorts } from '../../api/ports.ts'
import type { WorkTotals } from './work-meter.ts'

export interface FiguresComponents extends Pick<ApiPorts, 'projects' | 'node' | 'events'> {
  readonly totals: () => WorkTotals
  readonly webhooks: () => { readonly waiting: number; readonly givenUp: number }
  /** The longest that the node was too busy to turn to something else, since the last call. */
  readonly lagSeconds: () => number
}

/** Figures of this node, read when somebody asks. */
export function createFigures({ projects, node, events, totals, webhooks, lagSeconds }: FiguresComponents): Registry {
  const registry = new Registry()

  function gauge(name: string, help: string, read: () => number): void {
    const made: Gauge = new Gauge({ name, help, registers: [registry], collect: () => made.set(read()) })
  }

  function gauges(name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): void {
    const made: Gauge = new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect: () => {
        for (const [value, count] of Object.entries(read())) made.set({ [label]: value }, count)
      }
    })
  }

  function counter(name: string, help: string, read: () => number): void {
    const made: Counter = new Counter({
      name,
      help,
      registers: [registry],
      collect: () => {
        made.reset()
        made.inc(read())
      }
    })
  }

  function projectsByState(): Record<string, number> {
    const counts: Record<string, number> = Object.fromEntries(projectState.options.map((state) => [state, 0]))
    for (const snapshot of projects.list()) {
      const state = projectStateOf(snapshot)
      counts[state] = (counts[state] ?? 0) + 1
    }
    return counts
  }

  function ownScenes(): Record<string, number> {
    const counts = { waiting: 0, leased: 0, verifying: 0, failed: 0, done: 0 }
    for (const { view, beat, own } of projects.list()) {
      if (!own || view.end != null) continue
      const { leased, verifying, failed } = stateCounts(beat)
      counts.leased += leased
      counts.verifying += verifying.length
      counts.failed += failed
      counts.done += view.acceptedScenes
      // Beat and log are not of the same moment.
      const others = leased + verifying.length + failed + view.acceptedScenes
      counts.waiting += Math.max(0, view.scenes.length - others)
    }
    return counts
  }

  const ownFps = (): number =>
    projects.list().reduce((sum, { view, beat, own }) => sum + (own && view.end == null ? (beat?.fps ?? 0) : 0), 0)

  gauges('grav1_info', 'Always 1; its label is the version.', 'version', () => ({ [node.status().version]: 1 }))
  gauges('grav1_projects', 'Projects that this node knows.', 'state', projectsByState)
  gauges('grav1_scenes', 'Scenes of own projects that have not ended.', 'state', ownScenes)
  gauge('grav1_own_projects_fps', 'Frames per second that all workers encode for own projects.', ownFps)
  gauge('grav1_fps', 'Frames per second that this node encodes.', () => node.status().fps)
  counter('grav1_frames_encoded_total', 'Frames encoded here and accepted.', () => totals().framesEncoded)
  counter('grav1_frames_accepted_total', 'Frames accepted for own projects.', () => totals().framesAccepted)
  counter('grav1_leases_granted_total', 'Leases given out for own projects.', () => totals().leasesGranted)
  counter('grav1_leases_expired_total', 'Leases of own projects that ran out.', () => totals().leasesExpired)
  counter('grav1_results_refused_total', 'Results that were refused as wrong.', () => totals().resultsRefused)
  gauge('grav1_slots', 'Scenes that this node may encode at once.', () => node.status().slots)
  gauge('grav1_slots_busy', 'Scenes that this node is encoding.', () => node.status().busy)
  gauge('grav1_paused', '1 while this node is paused or drained and takes no scenes.', () =>
    Number(node.status().paused)
  )
  gauge('grav1_peers_connected', 'Peers with a connection.', () => node.peers().filter((peer) => peer.connected).length)
  gauge('grav1_disk_full', '1 while this node takes no work because its disk is full.', () =>
    Number(node.status().health === 'disk-full')
  )
  gauge('grav1_event_clients', 'Clients of the live events.', () => events.subscribers)
  gauge('grav1_webhooks_waiting', 'Webhook deliveries that are pending.', () => webhooks().waiting)
  counter('grav1_webhooks_given_up_total', 'Webhook deliveries that were given up.', () => webhooks().givenUp)
  gauge('grav1_uptime_seconds', 'Time since this node started.', () => node.status().uptimeSeconds)
  gauge('grav1_resident_memory_bytes', 'Resident memory of the process.', () => process.memoryUsage.rss())
  gauge(
    'grav1_event_loop_lag_max_seconds',
    'Longest time that the event loop was blocked since the last request for these figures.',
    lagSeconds
  )

  return registry
}
