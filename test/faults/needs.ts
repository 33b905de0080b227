import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram, usedSandbox } from '../../src/platform/index.ts'
import { whyNoMount } from '../fixtures/mounted-disk.ts'
import { whyNoFaketime } from './kinds/clocks.ts'
import { whyNoInternet } from './homes.ts'
import { isInside } from './namespaces.ts'
import type { Need } from './fault.ts'

/** Why a fault cannot be made here; undefined where it can. */
export async function whyMissing(needs: readonly Need[]): Promise<string | undefined> {
  for (const need of needs) {
    const why = await REASONS[need]()
    if (why !== undefined) return why
  }
  return undefined
}

const REASONS: Readonly<Record<Need, () => Promise<string | undefined>>> = {
  disks: whyNoDisk,
  network: whyNoNetwork,
  homes: whyNoHomes,
  faketime: whyNoFaketime,
  sandbox: whyNoSandbox
}

async function whyNoSandbox(): Promise<string | undefined> {
  const found = usedSandbox()
  return found.type === 'none' ? `there is no sandbox: ${found.words}` : undefined
}

async function whyNoNetwork(): Promise<string | undefined> {
  if (!isInside()) return 'network namespaces are not permitted here'
  return findProgram('nft') === undefined ? 'nft is not installed (Debian: apt-get install nftables)' : undefined
}

async function whyNoHomes(): Promise<string | undefined> {
  const missing = ['nsenter', 'sysctl'].find((program) => findProgram(program) === undefined)
  if (missing !== undefined) return `${missing} is not installed`
  return (await whyNoNetwork()) ?? whyNoInternet()
}

async function whyNoDisk(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'grav1-faults-'))
  try {
    return await whyNoMount(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}
