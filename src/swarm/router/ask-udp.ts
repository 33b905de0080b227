import { createSocket } from 'node:dgram'
import { waitFor } from '../../common/wait.ts'

export interface AskUdpInit<Answer> {
  readonly host: string
  readonly port: number
  readonly question: Uint8Array
  /** Undefined for what is no answer to the question; it is then waited for further. What it throws ends the waiting. */
  readonly read: (answer: Uint8Array, from: string) => Answer | undefined
  readonly signal: AbortSignal
}

/** Datagrams get lost: so long after the beginning the question is sent again, in milliseconds. */
const AGAIN_MS = [0, 250, 750, 1750]
const WAIT_MS = 4000
/** Longer datagrams are no answers. */
const ANSWER_BYTES_MAX = 2048

/** Asks a question by UDP. @returns the first answer that can be read. @throws Error where none comes within 4 s */
export async function askUdp<Answer>({ host, port, question, read, signal }: AskUdpInit<Answer>): Promise<Answer> {
  const socket = createSocket('udp4')
  const timers: NodeJS.Timeout[] = []
  try {
    return await waitFor<Answer>((done, fail) => {
      socket.on('error', fail)
      socket.on('message', (message, { address }) => {
        try {
          const answer = message.byteLength > ANSWER_BYTES_MAX ? undefined : read(message, address)
          if (answer !== undefined) done(answer)
        } catch (error) {
          fail(error)
        }
      })
      const send = (): void => socket.send(question, port, host, (error) => (error ? fail(error) : undefined))
      for (const ms of AGAIN_MS) timers.push(setTimeout(send, ms))
      timers.push(setTimeout(() => fail(new Error(`no answer from ${host}`)), WAIT_MS))
      return () => timers.forEach((timer) => clearTimeout(timer))
    }, signal)
  } finally {
    socket.close()
  }
}
