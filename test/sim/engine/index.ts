export { createClock } from './clock.ts'
export type { Clock, ClockInit, Scope } from './clock.ts'
export type { Counters, GossipTally, NodeCounters, Traffic } from './counters.ts'
export { createDisk } from './disk.ts'
export type { Disk, DiskArea, DiskError, DiskInit, WriteDone, WriteInit, WriteOp } from './disk-types.ts'
export type { Gate, ProcessGate } from './gate.ts'
export { createNetwork } from './network.ts'
export type {
  Bandwidth,
  CloseReason,
  Connection,
  DialResult,
  GossipFaults,
  GossipVerdict,
  JoinInit,
  Latency,
  Network,
  NetworkInit,
  NodeHandlers,
  TrafficKind,
  Transfer,
  TransferFailure,
  TransferInit
} from './network-types.ts'
export { createRandom } from './random.ts'
export type { Random } from './random.ts'
export { createWorld } from './world.ts'
export type { RunEnd, RunInit, Timer, World, WorldInit } from './world.ts'
export type { TraceKeep } from './trace.ts'
