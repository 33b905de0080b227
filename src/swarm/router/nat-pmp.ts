import { askUdp } from './ask-udp.ts'
import { type Forwarded, LEASE_SECONDS, type RouterTalk } from './forwarded.ts'

export interface NatPmpInit {
  /** IP address of the router. */
  readonly gateway: string
  /** Default 5351. */
  readonly port?: number
}

const PORT = 5351
const VERSION = 0
const OP_ADDRESS = 0
const OP_MAP_TCP = 2
/** An answer has the operation of its question with this bit. */
const ANSWER = 128

const REFUSALS: Readonly<Record<number, string>> = {
  1: 'it speaks another version',
  2: 'its settings forbid it',
  3: 'it has no internet connection',
  4: 'it has no free port',
  5: 'it does not know the request'
}

/** The answer to an operation; undefined for what is none. @throws Error for a refusal */
function answerTo(operation: number, message: Uint8Array, bytes: number): DataView | undefined {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  if (view.byteLength < 4 || view.getUint8(0) !== VERSION || view.getUint8(1) !== operation + ANSWER) return undefined
  const code = view.getUint16(2)
  if (code !== 0) throw new Error(`the router refused: ${REFUSALS[code] ?? `code ${code}`}`)
  return view.byteLength < bytes ? undefined : view
}

function mapQuestion(port: number, external: number, seconds: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(12))
  view.setUint8(0, VERSION)
  view.setUint8(1, OP_MAP_TCP)
  view.setUint16(4, port)
  view.setUint16(6, external)
  view.setUint32(8, seconds)
  return new Uint8Array(view.buffer)
}

/** NAT-PMP, RFC 6886, as routers of Apple, many others, and miniupnpd speak it. */
export function createNatPmp({ gateway, port: routerPort = PORT }: NatPmpInit): RouterTalk {
  const ask = async (question: Uint8Array, operation: number, bytes: number, signal: AbortSignal): Promise<DataView> =>
    askUdp({
      host: gateway,
      port: routerPort,
      question,
      read: (message, from) => (from === gateway ? answerTo(operation, message, bytes) : undefined),
      signal
    })

  const map = async (port: number, external: number, seconds: number, signal: AbortSignal): Promise<DataView> =>
    ask(mapQuestion(port, external, seconds), OP_MAP_TCP, 16, signal)

  return {
    name: 'NAT-PMP',
    forward: async (port, signal): Promise<Forwarded> => {
      const address = await ask(new Uint8Array([VERSION, OP_ADDRESS]), OP_ADDRESS, 12, signal)
      const mapped = await map(port, port, LEASE_SECONDS, signal)
      if (mapped.getUint16(8) !== port) throw new Error('the router answered for another port')
      return {
        ip: [8, 9, 10, 11].map((index) => address.getUint8(index)).join('.'),
        port: mapped.getUint16(10),
        leaseMs: mapped.getUint32(12) * 1000
      }
    },
    release: async (_forwarded, port, signal) => void (await map(port, 0, 0, signal))
  }
}
