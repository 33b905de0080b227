import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { NODE_AV_VERSION } from '../../src/encode/rules/index.ts'
import { tinyClip } from './clips.ts'
import { eventually, getStatus, TestSwarm, whenConnected } from './harness.ts'

let swarm: TestSwarm

afterEach(async () => {
  await swarm.stop()
})

/** The package is looked for where grav1 puts it; npm has the settings and the cache of whoever runs the tests. */
const OWN = { GRAV1_NODE_AV: '', HOME: process.env['HOME'] ?? '' }

interface Printed {
  readonly node: string | null
  readonly encoders: readonly {
    readonly name: string
    readonly build: string | null
    readonly problem: string | null
  }[]
  readonly swarm: readonly {
    readonly build: string
    readonly here: boolean
    readonly peers: readonly { readonly name: string }[]
  }[]
}

const builds = ({ encoders }: Printed): (string | null)[] => encoders.map(({ build }) => build?.split('/')[0] ?? null)

/** A folder with a SvtAv1EncApp that does not take its command line, for the front of PATH. */
async function brokenSvt(folder: string): Promise<{ readonly PATH: string }> {
  const programs = join(folder, 'broken')
  await mkdir(programs)
  const file = join(programs, 'SvtAv1EncApp')
  const script =
    '#!/bin/sh\nif [ "$1" = --version ]; then echo "SVT-AV1 v9.9.9"; exit 0; fi\necho "Unprocessed tokens: --made-up" >&2\nexit 1\n'
  await writeFile(file, script)
  await chmod(file, 0o755)
  return { PATH: `${programs}:${process.env['PATH'] ?? ''}` }
}

test('an encoder that does not work is told with its words: in the list, in the log and at a submission', async () => {
  const clip = await tinyClip()
  swarm = await TestSwarm.create()
  const env = await brokenSvt(swarm.folder)
  const words = 'SvtAv1EncApp ended with exit code 1: Unprocessed tokens: --made-up'
  const alone = await swarm.run(['encoders'], env)
  expect(alone.exitCode, alone.stderr).toBe(0)
  expect(alone.stdout).toMatch(/^aom +aomenc +[\d.]+ +aom\/[\d.]+\/[0-9a-f]{8}$/m)
  expect(alone.stdout).toContain(`does not work here: With 8 bits a sample: ${words}`)
  expect(alone.stdout).toMatch(/^svt-av +node-av +- +not installed; run "grav1 encoders add"$/m)

  const node = await swarm.startNode({ name: 'owner', workers: 1, env })
  expect(node.output()).toContain('an encoder is installed, but does not work here')
  expect(node.output()).toContain(words)
  const doctor = await swarm.run(['doctor', '--data-dir', node.dataDir])
  expect(doctor.stdout).toContain(`The node at ${node.url}.`)
  expect(doctor.stdout).toMatch(/^warning +encoder svt +does not work here: .*--made-up/m)
  expect(doctor.stdout).toMatch(/^ok +port for web and API +the node listens on/m)
  expect(doctor.exitCode, doctor.stdout).toBe(0)
  const args = ['submit', clip.path, '--data-dir', node.dataDir, '--encoder', 'svt', '--detach']
  const refused = await swarm.run(args)
  expect(refused.exitCode).toBe(1)
  expect(refused.stderr).toContain(`SvtAv1EncApp 9.9.9 is installed, but does not work here: With 8 bits`)
  expect(refused.stderr).toContain(words)
})

test('without a terminal nothing is installed unbidden, and a folder of the user is left alone', async () => {
  swarm = await TestSwarm.create()
  const unbidden = await swarm.run(['encoders', 'add'], OWN)
  expect(unbidden.exitCode).toBe(2)
  for (const words of [`node-av@${NODE_AV_VERSION}`, 'GPL', 'MB', join(swarm.folder, 'data/grav1/encoders'), '--yes'])
    expect(unbidden.stderr).toContain(words)
  await expect(stat(join(swarm.folder, 'data'))).rejects.toMatchObject({ code: 'ENOENT' })
  for (const action of ['add', 'remove']) {
    const named = await swarm.run(['encoders', action, '--yes'], { GRAV1_NODE_AV: swarm.folder })
    expect(named.exitCode).toBe(2)
    expect(named.stderr).toContain(`GRAV1_NODE_AV names ${swarm.folder}`)
  }
})

test('the package is added and removed while a node runs, which offers what is there', async () => {
  swarm = await TestSwarm.create()
  const other = await swarm.startNode({ name: 'other', workers: 1 })
  const env = { ...OWN }
  const node = await swarm.startNode({ name: 'here', workers: 1, bootstrap: other.address, env })
  await whenConnected(node.url, 1)
  const encoders = async (...args: string[]): Promise<Printed> => {
    const { exitCode, stdout, stderr } = await swarm.run(
      ['encoders', ...args, '--data-dir', node.dataDir, '--json'],
      env
    )
    expect(exitCode, stderr).toBe(0)
    return JSON.parse(stdout) as Printed
  }
  const offered = async (): Promise<string[]> => {
    const { peers } = await getStatus(other.url)
    return peers
      .filter(({ name }) => name === 'here')
      .flatMap((peer) => peer.encoders.map((build) => build.split('/')[0] ?? ''))
  }
  const programs = ['aom', 'vp9', 'svt']
  const none = await encoders()
  expect(none.node).toBe(node.url)
  expect(builds(none)).toEqual([...programs, null, null])

  const added = await encoders('add', '--yes')
  expect(builds(added)).toEqual([...programs, 'svt-av', 'vp9-av'])
  const svtAv = added.encoders.find(({ name }) => name === 'svt-av')?.build
  expect(svtAv).toMatch(new RegExp(`^svt-av/node-av-${NODE_AV_VERSION}/[0-9a-f]{8}$`))
  expect(added.swarm.find(({ build }) => build === svtAv)).toMatchObject({ here: true, peers: [] })
  expect(added.swarm.find(({ build }) => build.startsWith('aom/'))?.peers.map(({ name }) => name)).toEqual(['other'])
  const told = 'the other node to hear of them'
  await eventually(told, async () => ((await offered()).includes('svt-av') ? true : undefined))
  const again = await swarm.run(['encoders', 'add', '--yes', '--data-dir', node.dataDir], env)
  expect(again.stderr).toContain('is already installed')

  expect(builds(await encoders('remove'))).toEqual([...programs, null, null])
  await eventually('it to hear that they are gone', async () =>
    (await offered()).includes('svt-av') ? undefined : true
  )
  await expect(stat(join(swarm.folder, 'data/grav1/encoders'))).rejects.toMatchObject({ code: 'ENOENT' })
})
