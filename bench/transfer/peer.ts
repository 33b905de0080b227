import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fromPeer, type FromPeer, type ToPeer } from './messages.ts'

/** A peer in a process of its own. */
export interface Peer {
  readonly pid: number
  readonly address: string
  /** @throws Error when the process ends instead. */
  readonly ask: <Type extends FromPeer['type']>(
    message: ToPeer,
    type: Type
  ) => Promise<Extract<FromPeer, { readonly type: Type }>>
  readonly end: () => Promise<void>
}

/** @param execArgv further options of Node, such as those of a profile */
export async function startPeer(folder: string, execArgv: readonly string[] = []): Promise<Peer> {
  await mkdir(folder, { recursive: true })
  const child = fork(resolve(import.meta.dirname, 'peer-child.ts'), [folder], {
    execArgv: ['--expose-gc', ...execArgv],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc']
  })
  const ended = once(child, 'exit')

  async function next<Type extends FromPeer['type']>(type: Type): Promise<Extract<FromPeer, { readonly type: Type }>> {
    const gone = ended.then(() => {
      throw new Error('a peer of the bench ended')
    })
    const [message] = (await Promise.race([once(child, 'message'), gone])) as unknown[]
    const answer = fromPeer.parse(message)
    if (answer.type !== type) throw new Error(`a peer said ${answer.type} instead of ${type}`)
    return answer as Extract<FromPeer, { readonly type: Type }>
  }

  const { address } = await next('ready')
  return {
    pid: child.pid ?? 0,
    address,
    ask: async (message, type) => {
      const answered = next(type)
      child.send(message)
      return answered
    },
    end: async () => {
      if (child.connected) child.disconnect()
      await ended
    }
  }
}
