import type { LogBody } from '../../src/swarm/protocol/index.ts'

/** What is wrong with the receipts of a finished film: each scene has one, or one more after each withdrawal of the one before. */
export function brokenReceipts(log: readonly LogBody[]): string[] {
  const standing = new Map<number, { worker: string; isProved: boolean }>()
  const broken: string[] = []
  for (const body of log) {
    if (body.type === 'accept') {
      const { scene, worker, provedBy = '' } = body.accept
      if (standing.has(scene)) broken.push(`scene ${scene + 1} was accepted twice`)
      standing.set(scene, { worker, isProved: provedBy !== '' })
    }
    if (body.type === 'withdraw') {
      for (const [scene, { worker, isProved }] of standing)
        if (worker === body.withdraw.worker && !isProved) standing.delete(scene)
    }
  }
  return standing.size === 0 ? [...broken, 'its log has no receipts'] : broken
}
