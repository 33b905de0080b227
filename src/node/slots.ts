import { availableParallelism, totalmem } from 'node:os'

const GIB = 2 ** 30

/** Memory an encode of one scene needs, in GiB: the encoder by picture size, and its decoder. */
function sceneGib(megapixels: number, encoderName: string): number {
  const gibPerMegapixel = encoderName === 'vp9' ? 0.3 : 0.4
  return megapixels * (gibPerMegapixel + 0.1)
}

/** Scenes of this size that fit into this machine's memory at once, at least 1. */
export function slotsByMemory(megapixels: number, encoderName: string, memoryBytes = totalmem()): number {
  return Math.max(1, Math.floor(memoryBytes / GIB / sceneGib(megapixels, encoderName)))
}

/** What `auto` means: one slot a core, fewer where memory is short for 1080p with the hungrier encoder. */
export function autoSlots(cores = availableParallelism(), memoryBytes = totalmem()): number {
  return Math.max(1, Math.min(cores, slotsByMemory((1920 * 1080) / 1e6, 'aom', memoryBytes)))
}
