import { createHmac } from 'node:crypto'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../fixtures/api-server.ts'
import { createEventView } from '../fixtures/event-view.ts'
import { shortClip } from './clips.ts'
import { eventually, getProject, TestSwarm, VP9_PARAMS } from './harness.ts'
import type { AddressInfo } from 'node:net'

test('a real node tells of a project as it goes and when it ends', async () => {
  const swarm = await TestSwarm.create()
  onTestFinished(async () => swarm.stop())
  const told: { readonly signature: string; readonly timestamp: string; readonly body: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (data: Buffer) => (body += data.toString()))
    request.on('end', () => {
      const { 'x-grav1-signature': signature = '', 'x-grav1-timestamp': timestamp = '' } = request.headers
      told.push({ signature: String(signature), timestamp: String(timestamp), body })
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const program = join(swarm.folder, 'when-done')
  await writeFile(program, '#!/bin/sh\nprintf "%s %s" "$GRAV1_STATE" "$GRAV1_OUTPUT" > "$GRAV1_OUTPUT.done"\n')
  await chmod(program, 0o755)
  const clip = await shortClip()
  const film = join(swarm.folder, 'short.mkv')
  await execa('ffmpeg', ['-v', 'error', '-i', clip.path, '-map', '0:v', '-frames:v', '30', '-c:v', 'libx264', film])
  const hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const node = await swarm.startNode({
    name: 'owner',
    workers: 1,
    args: ['--webhook', hook, '--on-complete', program]
  })
  await eventually('it is ready', async () => (await fetch(`${node.url}/readyz`)).ok || undefined)
  expect((await fetch(`${node.url}/healthz`)).status).toBe(200)

  const id = await swarm.submit(node, film, ['--encoder', 'vp9', '--params', VP9_PARAMS])
  const view = createEventView()
  const connection = await listen(node.url, `/api/v2/events?film=${id}`, { onText: view.read })
  onTestFinished(() => void connection.destroy())
  await eventually('an event says it is done', async () => view.projects.get(id)?.state === 'completed' || undefined)
  const project = await getProject(node.url, id)
  expect(view.projects.get(id)).toEqual(project)
  expect(view.scenes.get(id)?.get(0)).toMatchObject({ frames: 30, framesDone: 30, state: 5, worker: node.peerId })

  await eventually('the webhook came', async () => told.length > 0 || undefined)
  const [{ body, timestamp, signature } = { body: '', timestamp: '', signature: '' }] = told
  const secret = (await readFile(join(node.dataDir, 'hooks', 'secret'), 'utf8')).trim()
  expect(signature).toBe(`sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`)
  expect(JSON.parse(body)).toMatchObject({
    event: 'project.completed',
    node: { peerId: node.peerId },
    project: { projectId: id }
  })
  const output = project?.outputPath ?? ''
  await eventually('the program ran', async () => readFile(`${output}.done`, 'utf8').catch(() => undefined))
  expect(await readFile(`${output}.done`, 'utf8')).toBe(`completed ${output}`)

  const metrics = await (await fetch(`${node.url}/metrics`)).text()
  expect(metrics).toContain('\ngrav1_frames_encoded_total 30\n')
  expect(metrics).toContain('\ngrav1_frames_accepted_total 30\n')
  expect(metrics).toContain('\ngrav1_leases_granted_total 1\n')
  expect(metrics).toContain('\ngrav1_projects{state="completed"} 1\n')
  expect(metrics).toContain('\ngrav1_event_clients 1\n')
})
