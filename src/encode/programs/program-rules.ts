import { totalmem } from 'node:os'
import type { ProgramLimits } from '../../platform/index.ts'

/** What a program is for; its row below says what it may use. */
export type ProgramKind = 'media' | 'tool' | 'encoder' | 'library'

/** What a program may use. Which files it sees, its call names: those that it reads, those that it writes, and no others. */
export interface ProgramRules {
  /** Address space. No program may start another, so it is the memory of all that runs in its box. */
  readonly memoryGib: number
  /** Processor time of all its threads. */
  readonly cpuHours: number
  readonly openFiles: number
}

const GIB = 1024 ** 3

/** The largest pictures take an encoder about so much; on machines with more memory it may have all of it. */
const ENCODER_GIB = Math.max(16, Math.ceil(totalmem() / GIB))

/** Node reserves 5.9 GiB of address space for itself, nearly all of it never used. */
const NODE_RESERVES_GIB = 6

/** Every kind of program that grav1 starts on media. None of them has a network, a home folder or the rights of another user. */
export const PROGRAM_RULES: Readonly<Record<ProgramKind, ProgramRules>> = {
  // ffmpeg and ffprobe: an 8K decode takes about 3 GiB.
  media: { memoryGib: 8, cpuHours: 200, openFiles: 256 },
  // Of MKVToolNix.
  tool: { memoryGib: 8, cpuHours: 20, openFiles: 256 },
  encoder: { memoryGib: ENCODER_GIB, cpuHours: 1_000, openFiles: 256 },
  // node-av, which decodes and encodes in one process.
  library: { memoryGib: ENCODER_GIB + NODE_RESERVES_GIB, cpuHours: 1_000, openFiles: 256 }
}

const KINDS: Readonly<Record<string, ProgramKind>> = {
  ffmpeg: 'media',
  ffprobe: 'media',
  mkvmerge: 'tool',
  mkvpropedit: 'tool',
  mkvextract: 'tool',
  mkvinfo: 'tool',
  'node-av': 'library'
}

/** Every other program is an encoder. */
export const rulesOf = (program: string): ProgramRules => PROGRAM_RULES[KINDS[program] ?? 'encoder']

/** @param fileBytes of each file that it writes */
export const limitsOf = ({ memoryGib, cpuHours, openFiles }: ProgramRules, fileBytes: number): ProgramLimits => ({
  addressSpaceBytes: memoryGib * GIB,
  fileBytes,
  cpuSeconds: cpuHours * 3600,
  openFiles
})
