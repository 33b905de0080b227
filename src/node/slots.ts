import { availableParallelism, totalmem } from 'node:os'
import { ENCODERS, type EncoderName } from '../encode/spec/index.ts'

const GIB = 2 ** 30

/** Memory an encode of one scene needs, in GiB: the encoder by picture size, and its decoder. */
function sceneGib(megapixels: number, encoderName: EncoderName): number {
  return megapixels * (ENCODERS[encoderName].gibPerMegapixel + 0.1)
}

/** Scenes of this size that fit into this machine's memory at once, at least 1. */
export function slotsByMemory(megapixels: number, encoderName: EncoderName, memoryBytes = totalmem()): number {
  return Math.max(1, Math.floor(memoryBytes / GIB / sceneGib(megapixels, encoderName)))
}

/** What `auto` means: one slot a core, fewer where memory is short for 1080p with aomenc; each project gets what its own encoder allows. */
export function autoSlots(cores = availableParallelism(), memoryBytes = totalmem()): number {
  return Math.max(1, Math.min(cores, slotsByMemory((1920 * 1080) / 1e6, 'aom', memoryBytes)))
}
