import { printable } from '../../../common/text.ts'
import { type Line, line } from './line.ts'
import type { TopState } from './state.ts'

/** A text without spaces in lines of so many cells: nothing is left out. */
function chunks(text: string, cells: number): string[] {
  const size = Math.max(1, cells)
  return Array.from({ length: Math.ceil(text.length / size) }, (_, n) => text.slice(n * size, (n + 1) * size))
}

/** The line that other machines join with, whole however narrow the terminal is. */
export function joinLines({ node }: Pick<TopState, 'node'>, cells: number): Line[] {
  const address = node?.bootstrap ?? ''
  if (address === '') return [line('Other machines cannot reach this node: it listens on no address.', 'bad')]
  return [
    line('"grav1 invite" prints a line for another machine.', 'dim'),
    line('In an open swarm, this command does the same:', 'dim'),
    [],
    ...chunks(`grav1 node --bootstrap ${printable(address)}`, cells).map((part) => line(part, 'strong'))
  ]
}
