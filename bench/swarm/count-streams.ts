/** Loaded into a node before it starts: counts the bytes of its streams by protocol and its gossip by kind, and writes them down when it is asked: first the begin, then the end of what is measured. */
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { yamux } from '@libp2p/yamux'
import { countGossip } from './count-gossip.ts'

interface Sender {
  readonly protocol?: string
  sendData: (data: { readonly byteLength: number }) => { readonly sentBytes: number }
}

const folder = process.env['BENCH_COUNTS']
const sent: Record<string, number> = {}

/** The prototype of yamux's streams: the package does not export the class. */
async function streamsOfYamux(): Promise<Sender> {
  const file = new URL('./stream.js', import.meta.resolve('@libp2p/yamux'))
  const { YamuxStream } = (await import(file.href)) as { YamuxStream: { readonly prototype: Sender } }
  return YamuxStream.prototype
}

if (folder !== undefined && typeof yamux === 'function') {
  const streams = await streamsOfYamux()
  const { sendData } = streams
  streams.sendData = function count(this: Sender, data) {
    const done = sendData.call(this, data)
    const protocol = this.protocol ?? ''
    sent[protocol] = (sent[protocol] ?? 0) + done.sentBytes
    return done
  }
  const gossip = await countGossip()
  const write = (name: string): void => {
    const path = join(folder, `${process.pid}-${name}.json`)
    writeFileSync(`${path}.new`, JSON.stringify({ sent, gossip }))
    renameSync(`${path}.new`, path)
  }
  const marks = ['begin', 'end']
  process.on('SIGUSR2', () => {
    const name = marks.shift()
    if (name !== undefined) write(name)
  })
}
