import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestSwarm } from '../e2e/harness.ts'
import { fullHashes } from '../fixtures/encode-clips.ts'
import { showStreams } from '../fixtures/encode-film.ts'
import { makeMoving, makeOddSource } from '../fixtures/odd-sources.ts'

const ALONE = ['--workers', '2', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--nice', '0'] as const
const VP9 = ['--encoder', 'vp9', '--params', '--cpu-used=8 --end-usage=q --cq-level=40', '--max-frames', '24'] as const

let swarm: TestSwarm

beforeEach(async () => {
  swarm = await TestSwarm.create()
})
afterEach(async () => swarm.stop())

test('a command says what is not kept before and while it works, deinterlaces when told, and finishes', async () => {
  const moving = await makeMoving(swarm.folder)
  const interlaced = await makeOddSource(moving, swarm.folder, 'MPEG-2 interlaced, transport stream')
  const kept = await swarm.run(['submit', interlaced, ...VP9, '--output', join(swarm.folder, 'kept.mkv'), ...ALONE])
  expect(kept.exitCode, kept.stderr).toBe(0)
  expect(kept.stderr).toMatch(/two\.ts: warning: The video is interlaced \(top field first\) .*--deinterlace/)
  expect((await showStreams(join(swarm.folder, 'kept.mkv')))[0]?.['field_order']).toBe('tt')

  const asked = ['--deinterlace', '--output', join(swarm.folder, 'made.mkv'), ...ALONE]
  const made = await swarm.run(['submit', interlaced, ...VP9, ...asked])
  expect(made.exitCode, made.stderr).toBe(0)
  expect(made.stderr).not.toContain('warning')
  expect((await showStreams(join(swarm.folder, 'made.mkv')))[0]?.['field_order']).not.toBe('tt')
  expect(await fullHashes(join(swarm.folder, 'made.mkv'))).toHaveLength(20)

  const damaged = await makeOddSource(moving, swarm.folder, 'lost packets')
  const lost = await swarm.run(['submit', damaged, ...VP9, '--output', join(swarm.folder, 'lost.mkv'), ...ALONE])
  expect(lost.exitCode, lost.stderr).toBe(0)
  expect(lost.stderr).toMatch(/damaged\.ts: warning: The source is damaged\. .*corrupt/i)
  expect(await fullHashes(join(swarm.folder, 'lost.mkv'))).toHaveLength(39)
})
