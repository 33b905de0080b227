import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { createNatPmp } from '../../../src/swarm/router/nat-pmp.ts'
import { createRouterPort } from '../../../src/swarm/router/router-port.ts'
import { createUpnp } from '../../../src/swarm/router/upnp.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { fakeRouter, type FakeRouter } from '../../fixtures/fake-router.ts'
import type { Logger } from '../../../src/swarm/index.ts'

const DEADLINE = { deadlineMs: 60_000 }
const PORT = 7898
const signal = (): AbortSignal => AbortSignal.timeout(60_000)

const natPmp = ({ pmpPort }: FakeRouter) => createNatPmp({ gateway: '127.0.0.1', port: pmpPort })
const upnp = ({ searchPort }: FakeRouter, gateway: string | undefined = '127.0.0.1') =>
  createUpnp({ gateway, search: { host: '127.0.0.1', port: searchPort } })

test.for([
  ['NAT-PMP', natPmp],
  ['UPnP', upnp]
] as const)('a router forwards a port by %s, and takes it back', async ([, talkTo]) => {
  const router = await fakeRouter()
  const talk = talkTo(router)
  const forwarded = await talk.forward(PORT, signal())
  expect(forwarded).toEqual({ ip: '8.8.8.8', port: PORT, leaseMs: 3_600_000 })
  expect(router.forwarded).toEqual(new Map([[PORT, PORT]]))
  await talk.forward(PORT, signal())
  await talk.release(forwarded, PORT, signal())
  expect(router.forwarded.size).toBe(0)
})

test('where another machine has the port, and where ports are kept for ever only, UPnP asks for what there is', async () => {
  const router = await fakeRouter()
  router.taken.add(PORT)
  router.onlyForEver = true
  const talk = upnp(router)
  const { port, leaseMs } = await talk.forward(PORT, signal())
  expect(port).not.toBe(PORT)
  expect(leaseMs).toBe(Infinity)
  expect(router.forwarded).toEqual(new Map([[port, PORT]]))
  // Once it has one, it stays with it.
  expect((await talk.forward(PORT, signal())).port).toBe(port)
})

test('a refusal says why', async () => {
  const router = await fakeRouter()
  router.pmpCode = 2
  await expect(natPmp(router).forward(PORT, signal())).rejects.toThrow('the router refused: its settings forbid it')
  router.description = '<root><service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>'
  await expect(upnp(router).forward(PORT, signal())).rejects.toThrow('forwards no ports')
  router.description += '<controlURL>http://1.2.3.4/control</controlURL></service></root>'
  await expect(upnp(router).forward(PORT, signal())).rejects.toThrow('forwards no ports')
  router.description = 'x'.repeat(300_000)
  await expect(upnp(router).forward(PORT, signal())).rejects.toThrow('too long')
})

test('nonsense is no answer', async () => {
  const socket = createSocket('udp4')
  socket.on('message', (_message, { port, address }) => {
    for (const nonsense of ['', '\0', '\0\x80', '\0\x80\0\0', 'HTTP/1.1 200 OK\r\nLOCATION: http://8.8.8.8/x\r\n'])
      socket.send(nonsense, port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  onTestFinished(() => {
    socket.close()
  })
  const { port } = socket.address()
  const router = { pmpPort: port, searchPort: port } as FakeRouter
  // Who is not the router is not asked for anything.
  const real = await fakeRouter()
  const soon = AbortSignal.timeout(400)
  const asked = [natPmp(router), upnp(router), upnp(real, '127.0.0.2')].map(async (talk) => talk.forward(PORT, soon))
  for (const one of asked) await expect(one).rejects.toThrow('timeout')
})

test('the port is asked for again, by what works, and given back at the end', async () => {
  const router = await fakeRouter()
  const words: string[] = []
  const log: Logger = {
    debug: () => {},
    info: (_fields, message) => words.push(message),
    warn: (_fields, message) => words.push(message),
    error: () => {}
  }
  router.pmpCode = 2
  router.ip = '192.168.0.2'
  const changes: (string | undefined)[] = []
  const kept = createRouterPort(
    { talks: [natPmp(router), upnp(router)], port: () => PORT, log },
    { onChange: () => changes.push(kept.address()), renewMs: 20, retryMs: 10 }
  )
  kept.start()
  onTestFinished(kept.stop)
  await eventually('it says that there is another router', () => words.length === 1, DEADLINE)
  expect(words).toEqual([expect.stringContaining('it is behind another router')])
  expect(kept.address()).toBeUndefined()
  router.ip = '8.8.4.4'
  await eventually('it has an address', () => kept.address() === `/ip4/8.8.4.4/tcp/${PORT}`, DEADLINE)
  router.forwarded.clear()
  await eventually('the router forwards it again', () => router.forwarded.has(PORT), DEADLINE)
  router.ip = '8.8.8.8'
  await eventually('it has the new address', () => kept.address() === `/ip4/8.8.8.8/tcp/${PORT}`, DEADLINE)
  await kept.stop()
  expect(router.forwarded.size).toBe(0)
  expect(changes).toEqual([`/ip4/8.8.4.4/tcp/${PORT}`, `/ip4/8.8.8.8/tcp/${PORT}`])
  expect(words.filter((one) => one === 'the router forwards a port')).toHaveLength(2)
})
