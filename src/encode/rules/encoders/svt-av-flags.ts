import type { FlagTable } from '../params/flag-rules.ts'
import type { ProgramFacts } from '../types.ts'
import { GRAIN_FLAGS } from './grain.ts'
import { SVT_FLAGS } from './svt-flags.ts'

/** The SVT-AV1 of node-av 6.1.1: a library, which has no help. */
export const SVT_AV_FACTS: ProgramFacts = { version: '3.1.2', options: new Set() }

const ofGrain = new Set(GRAIN_FLAGS.map(([name]) => name))

/** A library that reads no files, so no table of film grain either. */
export const SVT_AV_FLAGS: FlagTable = {
  ...SVT_FLAGS,
  program: 'SVT-AV1',
  own: new Map([...SVT_FLAGS.own].filter(([name]) => !ofGrain.has(name)))
}
