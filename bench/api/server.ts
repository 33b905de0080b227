import { once } from 'node:events'
import type { ChildProcess } from 'node:child_process'
import type { Ask, Told } from './server-child.ts'

/** Asks the child for something, and waits for this kind of answer. */
export async function ask<Type extends Told['type']>(
  child: ChildProcess,
  what: Ask,
  type: Type
): Promise<Extract<Told, { type: Type }>> {
  const answer = heard(child, type)
  child.send(what)
  return answer
}

export async function heard<Type extends Told['type']>(
  child: ChildProcess,
  type: Type
): Promise<Extract<Told, { type: Type }>> {
  const over = new AbortController()
  const died = once(child, 'exit', { signal: over.signal }).then(() => {
    throw new Error('the server ended')
  })
  died.catch(() => {})
  try {
    while (true) {
      const [told] = (await Promise.race([once(child, 'message', { signal: over.signal }), died])) as [Told]
      if (told.type === type) return told as Extract<Told, { type: Type }>
    }
  } finally {
    over.abort()
  }
}
