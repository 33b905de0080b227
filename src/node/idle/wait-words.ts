import { assertNever } from '../../common/assert-never.ts'
import type { Waits } from '../../swarm/protocol/index.ts'
import { oneLine } from '../../common/text.ts'

/** Why a project of another node waits, and what can be done, for people. Text of the owner is cut and cleaned. */
export function waitWords({ code, detail }: Waits, projectId: string): string {
  const told = oneLine(detail)
  switch (code) {
    case 'output-exists':
      return output('its owner already has a file with the name of the output')
    case 'output-unwritable':
      return output('the output folder is missing at its owner, or cannot be written')
    case 'no-room':
      return output('the disk of its owner has too little room for the output')
    case 'join-failed':
      return output('its owner could not make the finished file; see the log there')
    case 'prepare-failed':
      return again('its owner could not read the source to the end; see the log there')
    case 'source-away':
      return again('its source is missing at its owner')
    case 'source-changed':
      return again('its source at its owner is no longer the file that was submitted; put that file back')
    case 'other-machine':
      return `the remaining scenes failed on the only machine that tried, and wait for another machine: ${told}`
    case 'other-maker':
      return `the remaining scenes can only be encoded by a machine that produces the same bytes as before (${told}), and none is connected with its owner; start it again`
    default:
      return assertNever(code)
  }

  function again(what: string): string {
    return `${what}. Nothing is lost: grav1 tries again by itself; "grav1 retry ${projectId}" tries now`
  }

  function output(what: string): string {
    return `${again(what)}; "grav1 output ${projectId} <file>" writes it elsewhere`
  }
}
