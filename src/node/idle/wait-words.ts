import { assertNever } from '../../common/assert-never.ts'
import type { Waits } from '../../swarm/protocol/index.ts'
import { oneLine } from '../../common/text.ts'

/** Why a project of another node waits, and what can be done, for people. Text of the owner is cut and cleaned. */
export function waitWords({ code, detail }: Waits, projectId: string): string {
  const told = oneLine(detail)
  switch (code) {
    case 'output-exists':
      return output('there is a file with the name of its output at its owner already')
    case 'output-unwritable':
      return output('the folder of its output is away at its owner, or cannot be written')
    case 'no-room':
      return output('the disk of its output at its owner has too little room')
    case 'join-failed':
      return output('its finished file could not be made; the log of its owner says more')
    case 'prepare-failed':
      return again('its source could not be read to the end; the log of its owner says more')
    case 'source-away':
      return again('its source is away at its owner')
    case 'source-changed':
      return again('its source at its owner is not the file that was submitted any more; put that one back')
    case 'other-machine':
      return `the scenes that are left failed on the only machine that tried, and now wait for another: ${told}`
    case 'other-maker':
      return `the scenes that are left can only be made by a machine that gives the same bytes as before (${told}), and none is connected with its owner; start it again`
    default:
      return assertNever(code)
  }

  function again(what: string): string {
    return `${what}. Nothing is lost: it is tried again by itself; "grav1 retry ${projectId}" does so now`
  }

  function output(what: string): string {
    return `${again(what)}; "grav1 output ${projectId} <file>" writes it elsewhere`
  }
}
