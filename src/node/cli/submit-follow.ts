import type { ProjectStatus } from '../../api/schemas/index.ts'
import { printable } from '../../common/text.ts'
import { shownTitle } from './format.ts'
import type { CliIo } from './io.ts'
import { endFigures, endReport } from './end-report.ts'
import { createProgressDisplay } from './progress-display.ts'
import { createSceneSaver } from './scenes-file/save-scenes.ts'
import { sampleReport, slotsOf } from './sample-report.ts'
import { type Found, reportFailure, type Following } from './submission.ts'
import type { Posted } from './submit-post.ts'
import { waitForProject } from './wait-for-project.ts'

const failuresShown = 5

/** What a project that did not complete tells the user. */
export function failureLines(status: ProjectStatus): string[] {
  const lines = [
    `${shownTitle(status.title)} ${status.state}${status.reason === '' ? '' : `: ${printable(status.reason)}`}`
  ]
  for (const { scene, attempts, reason } of status.failures.slice(0, failuresShown)) {
    const times = attempts === 1 ? 'once' : `${attempts} times`
    lines.push(`  scene ${scene + 1} failed ${times}: ${printable(reason)}`)
  }
  const more = status.failures.length - failuresShown
  if (more > 0) lines.push(`  and ${more} more`)
  return lines
}

/** Of a file that is not the one of a single machine. */
export function madeByLine(madeBy: ProjectStatus['madeBy']): string {
  const parts = madeBy.map(
    ({ build, scenes }) => `${printable(build)} (${scenes} ${scenes === 1 ? 'scene' : 'scenes'})`
  )
  return `made by ${parts.join(', ')}`
}

/** Says on stderr what a project waits for, once for each reason. */
export function createWaitTeller(io: CliIo, json: boolean): (status: ProjectStatus) => void {
  let said = ''
  return ({ projectId, title, state, reason }) => {
    const waits = state === 'waiting' || state === 'queued' ? reason : ''
    if (waits !== said && waits !== '') {
      if (json) io.out(JSON.stringify({ event: 'waiting', projectId, reason }))
      io.err(`${shownTitle(title)} ${state === 'queued' ? '' : 'waits: '}${printable(reason)}`)
    }
    said = waits
  }
}

/** A project of another node has its file there. */
async function findHere({ projectId, title, outputPath }: ProjectStatus): Promise<Found> {
  const hint = `${shownTitle(title)} is completed; "grav1 download ${projectId}" fetches it`
  return { output: outputPath, line: outputPath ?? hint }
}

/** Says how a film ended. @returns whether it is there */
export async function tellEnd(
  status: ProjectStatus,
  { client, options, io, signal }: Following,
  find: Posted['find'] = findHere
): Promise<boolean> {
  const json = options.json === true
  const { projectId } = status
  if (status.state !== 'completed' || (status.own && status.outputPath === null)) {
    const reason = status.reason === '' ? status.state : status.reason
    return reportFailure(io, json, failureLines(status), { projectId, reason, failures: status.failures })
  }
  const { outputSha256: sha256, outputBytes: bytes, builds, madeBy } = status
  if (status.sample !== null) {
    const slots = slotsOf(await client.status({ signal }))
    if (json) io.out(JSON.stringify({ event: 'sample', projectId, slots, ...status.sample }))
    else for (const line of sampleReport(status.sample, slots)) io.out(line)
  }
  if (!json && status.sample === null)
    for (const line of endReport(status, await client.status({ signal }))) io.err(line)
  if (!json && builds === 'compatible') io.err(madeByLine(madeBy))
  const { output, line } = await find(status)
  const done = { event: 'done', projectId, output, sha256, bytes, builds, madeBy }
  io.out(json ? JSON.stringify({ ...endFigures(status), ...done }) : line)
  return true
}

/** Shows one film until it ends. @returns whether it is there */
export async function follow(posted: Posted, following: Following): Promise<boolean> {
  const { client, options, io, signal, silenceMsMax } = following
  const display = createProgressDisplay(io, options.json === true)
  const sayWaiting = createWaitTeller(io, options.json === true)
  const saver = createSceneSaver(options.saveScenes, following)
  let status: ProjectStatus
  try {
    status = await waitForProject(client, posted.projectId, {
      signal,
      silenceMsMax,
      onStatus: (seen, elapsedMs) => {
        posted.warn(seen.warnings)
        sayWaiting(seen)
        saver.look(seen)
        display.update(seen, elapsedMs)
      }
    })
  } finally {
    display.stop()
  }
  saver.look(status)
  await saver.done()
  return tellEnd(status, following, posted.find)
}
