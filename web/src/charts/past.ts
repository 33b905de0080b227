import { answerOf, api } from '../api.ts'
import type { ChronicleSample } from '../../../src/api/schemas/index.ts'
import type { Sample } from './history.ts'

/** What the node remembers of its speed and its films. @throws NodeRefusal */
export async function askPast(): Promise<readonly Sample[]> {
  const { samples } = await answerOf(await api.chronicle.$get({ query: { events: '0' } }))
  return samples.map(sampleFrom)
}

const sampleFrom = ({ atMs, fps, left }: ChronicleSample): Sample => ({
  atMs,
  fps: new Map(Object.entries(fps)),
  left: new Map(Object.entries(left))
})
