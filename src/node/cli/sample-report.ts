import { formatDuration, formatTable } from './format.ts'
import type { SampleEstimate, SwarmStatus } from '../../api/schemas/index.ts'
import { formatBytes } from '../../common/text.ts'

/** Slots of the swarm as a node sees it: its own and those of connected peers. */
export const slotsOf = ({ node, peers }: Pick<SwarmStatus, 'node' | 'peers'>): number =>
  node.slots + peers.filter((peer) => peer.connected).reduce((sum, peer) => sum + peer.slots, 0)

/** What a finished sample says, scene by scene and of the whole film. */
export function sampleReport(sample: SampleEstimate, slots: number): string[] {
  const rows = sample.scenes.map(({ scene, frames, bytes, kbps, encodeSeconds }) => [
    String(scene + 1),
    String(frames),
    formatBytes(bytes),
    `${Math.round(kbps)} kbps`,
    formatDuration(encodeSeconds)
  ])
  const table = formatTable([['scene', 'frames', 'size', 'rate', 'encoding'], ...rows])
  const { bytes, encodeSeconds: time } = sample
  if (bytes === null || time === null) return [table]
  const film = `the whole film (${sample.filmFrames} frames in ${sample.filmScenes} scenes)`
  const size = `${formatBytes(bytes.likely)} of video (${formatBytes(bytes.low)} to ${formatBytes(bytes.high)})`
  const lines = [
    table,
    `${film}: about ${size}`,
    `encoding: about ${formatDuration(time.likely)} in one slot (${formatDuration(time.low)} to ${formatDuration(time.high)})`
  ]
  if (slots > 1) lines.push(`with the ${slots} slots of this swarm: about ${formatDuration(time.likely / slots)}`)
  return lines
}
