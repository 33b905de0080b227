import { signal } from '@preact/signals'
import { connection, node, peers, projects } from '../store.ts'
import { addSample, sampleOf, type Sample } from './history.ts'

const EVERY_MS = 2000

/** What this page has seen since it was opened. */
export const samples = signal<readonly Sample[]>([])

/** Notes the state from time to time for as long as the page lives. */
export function startSamples(): void {
  setInterval(() => {
    if (connection.value.status !== 'live') return
    const nodes = [...(node.value == null ? [] : [node.value]), ...peers.value.values()]
    samples.value = addSample(samples.value, sampleOf(Date.now(), nodes, projects.value.values()))
  }, EVERY_MS)
}
