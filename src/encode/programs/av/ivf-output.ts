import { closeSync, openSync, writeSync } from 'node:fs'
import { ivfFrameHeaderBytes, type IvfHeader, ivfHeaderBytes } from '../../rules/index.ts'

/** An IVF file that grows packet by packet. */
export interface IvfOutput {
  readonly add: (packet: Uint8Array, pts: bigint) => void
  /** Packets so far. */
  readonly packets: () => number
  readonly end: () => void
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at)
}

/** The header says how many frames there are only once it has ended. */
export function createIvfOutput(file: string, header: Omit<IvfHeader, 'frames'>): IvfOutput {
  const descriptor = openSync(file, 'w')
  let packets = 0
  writeAll(descriptor, ivfHeaderBytes({ ...header, frames: 0 }))
  return {
    packets: () => packets,
    add: (packet, pts) => {
      writeAll(descriptor, ivfFrameHeaderBytes(packet.length, pts))
      writeAll(descriptor, packet)
      packets += 1
    },
    end: () => {
      writeSync(descriptor, ivfHeaderBytes({ ...header, frames: packets }), 0, undefined, 0)
      closeSync(descriptor)
    }
  }
}
