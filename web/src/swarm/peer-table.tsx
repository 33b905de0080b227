import type { PeerStatus, ProjectStatus } from '../../../src/api/schemas/index.ts'
import { duration, fps, plural, sceneName, shortId } from '../format.ts'
import { linkTo } from '../router.ts'
import { node, peers, projects } from '../store.ts'
import { doingOf, type Doing } from './doing.ts'
import { sortPeers } from './sort-peers.ts'
import { Sentence } from '../ui/sentence.tsx'

const PATHS: Readonly<Record<PeerStatus['path'], string>> = {
  self: 'this node',
  loopback: 'same machine',
  local: 'local network',
  internet: 'direct',
  relayed: 'relayed',
  none: 'not connected'
}

const TRUST: Readonly<Record<PeerStatus['trust'], string>> = {
  self: 'itself',
  trusted: 'trusted',
  stranger: 'stranger',
  barred: 'barred for a while'
}

/** What it does nothing for, and why. */
function Idle({ idle = [] }: Pick<PeerStatus, 'idle'>) {
  const known = idle.flatMap(({ projectId, reason }) => {
    const project = projects.value.get(projectId)
    return project == null ? [] : [{ project, reason }]
  })
  if (known.length === 0) return null
  return (
    <ul class="plain tight idle">
      {known.map(({ project: { projectId, title }, reason }) => (
        <li key={projectId}>
          idle for <a href={linkTo({ page: 'project', projectId, scene: undefined })}>{title}</a>:{' '}
          <span class="quiet">
            <Sentence text={reason} />
          </span>
        </li>
      ))}
    </ul>
  )
}

function doneText(passes: ProjectStatus['passes'], pass: number, frames: number): string {
  if (pass === 0) return 'not started'
  return `${passes === 1 ? '' : `pass ${pass}, `}${plural(frames, 'frame')}`
}

function Now({ doing }: { readonly doing: readonly Doing[] }) {
  if (doing.length === 0) return <span class="quiet">nothing</span>
  return (
    <ul class="plain tight">
      {doing.map(({ project, scene, pass, frames }) => (
        <li key={`${project.projectId}/${scene}`}>
          <a href={linkTo({ page: 'project', projectId: project.projectId, scene })}>
            {project.title} {sceneName(scene)}
          </a>{' '}
          <span class="quiet">{doneText(project.passes, pass, frames)}</span>
        </li>
      ))}
    </ul>
  )
}

/** The name of a relay, where it is known. */
function pathText({ path, relay }: PeerStatus): string {
  if (relay == null) return PATHS[path]
  return `${PATHS[path]} through ${peers.value.get(relay)?.name || shortId(relay)}`
}

function reach(peer: PeerStatus): string {
  const { connected, path, heardSecondsAgo, latencyMs } = peer
  if (path === 'self') return PATHS.self
  if (!connected)
    return heardSecondsAgo == null ? 'not connected' : `not connected, last heard from ${duration(heardSecondsAgo)} ago`
  const way = pathText(peer)
  return latencyMs == null ? way : `${way}, ${latencyMs < 1 ? '<1' : Math.round(latencyMs)} ms`
}

function slotsOf({ slots, busy, paused, health, asleepUntilMs }: PeerStatus): string {
  if (slots === 0 && asleepUntilMs === undefined) return 'none'
  const extra = health === 'disk-full' ? ', disk full' : paused ? ', paused' : ''
  const asleep = asleepUntilMs === undefined ? '' : `, asleep until ${new Date(asleepUntilMs).toLocaleString()}`
  return `${busy} of ${slots} busy${extra}${asleep}`
}

function Row({ peer, doing }: { readonly peer: PeerStatus; readonly doing: readonly Doing[] }) {
  return (
    <tr class={peer.connected ? '' : 'away'}>
      <th scope="row">
        {peer.name === '' ? 'unnamed' : peer.name} <code title={peer.peerId}>{shortId(peer.peerId)}</code>
        <span class="quiet version">{peer.version}</span>
      </th>
      <td data-label="Connection">{reach(peer)}</td>
      <td data-label="Slots">{slotsOf(peer)}</td>
      <td data-label="Speed" class="number">
        {peer.fps > 0 ? fps(peer.fps) : '–'}
      </td>
      <td data-label="Trust">{peer.class === 'banned' ? 'banned' : TRUST[peer.trust]}</td>
      <td data-label="Scenes done" class="number">
        {peer.scenesDone}
      </td>
      <td data-label="Refused" class="number">
        {peer.scenesRefused}
      </td>
      <td data-label="Encoders">
        {peer.encoders.length === 0 ? '–' : peer.encoders.map((build) => <code key={build}>{build}</code>)}
      </td>
      <td data-label="Encoding now">
        <Now doing={doing} />
        <Idle idle={peer.idle} />
      </td>
    </tr>
  )
}

export function PeerTable() {
  const doing = doingOf(projects.value.values())
  const all = sortPeers([...(node.value == null ? [] : [node.value]), ...peers.value.values()])
  return (
    <table class="wide">
      <caption>Nodes</caption>
      <thead>
        <tr>
          <th scope="col">Node</th>
          <th scope="col">Connection</th>
          <th scope="col">Slots</th>
          <th scope="col" class="number">
            Speed
          </th>
          <th scope="col">Trust</th>
          <th scope="col" class="number">
            Scenes done
          </th>
          <th scope="col" class="number">
            Refused
          </th>
          <th scope="col">Encoders</th>
          <th scope="col">Encoding now</th>
        </tr>
      </thead>
      <tbody>
        {all.map((peer) => (
          <Row key={peer.peerId} peer={peer} doing={doing.get(peer.peerId) ?? []} />
        ))}
      </tbody>
    </table>
  )
}
