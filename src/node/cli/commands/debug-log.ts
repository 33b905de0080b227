import { access } from 'node:fs/promises'
import { printable } from '../../../common/text.ts'
import { type FoundRecord, projectRecords } from '../../disk/project-records.ts'
import type { Call } from '../definition.ts'
import { CliError } from '../errors.ts'
import type { ExitReason } from '../exit-codes.ts'

const HASH_CHARS = 12

/** `3  accept  epoch 1  8c1f02d4e5a6  {...}`; what is wrong stands before it. */
function recordText({ opened, problem }: FoundRecord): string {
  const wrong = problem === undefined ? '' : `WRONG (${problem})  `
  if (opened === undefined) return wrong.trimEnd()
  const { seq, epoch, body } = opened.record
  const { type, ...rest } = body
  return `${wrong}${seq}  ${type}  epoch ${epoch}  ${opened.hash.slice(0, HASH_CHARS)}  ${JSON.stringify(rest)}`
}

/** The one project that is meant. @throws CliError `unknown-project` */
function onlyOne(found: readonly FoundRecord[], id: string): string {
  const [projectId, ...others] = new Set(found.map((record) => record.projectId))
  if (projectId === undefined) throw new CliError('unknown-project', `No project ${id} is known in this data folder.`)
  if (others.length > 0) throw new CliError('unknown-project', `${others.length + 1} projects begin with ${id}.`)
  return projectId
}

/** What the swarm has been told of a project, as this data folder holds it. Fails when its chain is broken. */
export async function printRecords(
  id: string,
  database: string,
  { io, json }: Pick<Call, 'io' | 'json'>
): Promise<ExitReason> {
  await access(database).catch(() => {
    throw new CliError('nothing-here', `There is no database at ${database}; see --data-dir.`)
  })
  const found = await projectRecords(database, id)
  const projectId = onlyOne(found, id)
  const owner = found.find(({ opened }) => opened !== undefined)?.opened?.signer
  if (!json) io.out(`project ${projectId}, owner ${owner ?? 'unknown'}, ${found.length} records`)
  for (const record of found) {
    const { opened, problem } = record
    const line = { ...opened?.record, hash: opened?.hash, signer: opened?.signer, problem }
    io.out(printable(json ? JSON.stringify(line) : recordText(record)))
  }
  return found.some(({ problem }) => problem !== undefined) ? 'failed' : 'ok'
}
