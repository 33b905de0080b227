import { availableParallelism } from 'node:os'
import { ENCODERS, type EncoderName } from '../encode/rules/index.ts'
import { memoryBytes } from '../platform/index.ts'

const GIB = 2 ** 30

/** Memory an encode of one scene needs, in GiB: the encoder by picture size, and its decoder. */
function sceneGib(megapixels: number, encoderName: EncoderName): number {
  return megapixels * (ENCODERS[encoderName].gibPerMegapixel + 0.1)
}

/** What a scene of a picture size needs, and what this machine has. */
export interface SceneMemory {
  /** That fit into memory at once; 0 where not even one does. */
  readonly scenes: number
  readonly needsGib: number
  readonly hasGib: number
}

export function memoryForScenes(megapixels: number, encoderName: EncoderName, bytes = memoryBytes()): SceneMemory {
  const needsGib = sceneGib(megapixels, encoderName)
  const hasGib = bytes / GIB
  return { scenes: Math.floor(hasGib / needsGib), needsGib, hasGib }
}

/** What `auto` means: one slot a core, fewer where memory is short for 1080p with aomenc; each project gets what its own encoder allows. */
export function autoSlots(cores = availableParallelism(), bytes = memoryBytes()): number {
  const { scenes } = memoryForScenes((1920 * 1080) / 1e6, 'aom', bytes)
  return Math.max(1, Math.min(cores, scenes))
}
