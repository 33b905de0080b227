import { spawn } from 'node:child_process'
import { createLimit } from '../../common/limit.ts'
import { groupOptions, killTree } from '../../platform/index.ts'
import type { Logger } from '../../swarm/index.ts'
import type { ProjectEnd } from './project-ends.ts'

export interface OnCompleteInit {
  /** A file, or a name that is looked for in PATH. It gets no arguments and no shell: everything is in its environment. */
  readonly program: string
  /** Milliseconds that it may take. Default 10 minutes. */
  readonly timeoutMs?: number
}

/** Runs a program of the user's choice when a project of this node has ended. */
export interface OnComplete {
  run: (end: ProjectEnd) => void
  /** Kills what runs. */
  stop: () => Promise<void>
}

const TIMEOUT_MS = 10 * 60_000
const TAIL_BYTES = 4096
const WAITING_MAX = 1000

export function createOnComplete(log: Logger, { program, timeoutMs = TIMEOUT_MS }: OnCompleteInit): OnComplete {
  const limit = createLimit(1)
  const stopped = new AbortController()
  const running = new Set<Promise<void>>()

  async function run({ project }: ProjectEnd): Promise<void> {
    if (stopped.signal.aborted) return
    const ended = Promise.withResolvers<string>()
    const child = spawn(program, [], {
      shell: false,
      // What it starts ends with it.
      ...groupOptions(),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environmentOf(project) }
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', (text: string) => (output = (output + text).slice(-TAIL_BYTES)))
    }
    child.once('error', (error) => ended.resolve(`could not be started: ${error.message}`))
    child.once('exit', (code, signal) => ended.resolve(code == null ? `was killed by ${signal}` : `exit code ${code}`))
    const kill = (): void => {
      if (child.pid != null) killTree(child.pid)
    }
    const timer = setTimeout(kill, timeoutMs).unref()
    stopped.signal.addEventListener('abort', kill, { once: true })
    const how = await ended.promise
    clearTimeout(timer)
    stopped.signal.removeEventListener('abort', kill)
    log.info({ projectId: project.projectId, program, how, output }, 'the program of --on-complete ended')
  }

  return {
    run: (end) => {
      if (running.size >= WAITING_MAX) {
        log.warn({ projectId: end.project.projectId }, 'too many projects ended at once; did not run --on-complete')
        return
      }
      const task = limit(async () => run(end)).catch((error: unknown) => {
        log.warn({ err: error }, 'could not run the program of --on-complete')
      })
      running.add(task)
      void task.then(() => running.delete(task))
    },
    stop: async () => {
      stopped.abort(new Error('stopping'))
      await Promise.all(running)
    }
  }
}

function environmentOf(project: ProjectEnd['project']): Record<string, string> {
  const values = {
    GRAV1_PROJECT_ID: project.projectId,
    GRAV1_STATE: project.state,
    GRAV1_REASON: project.reason,
    GRAV1_TITLE: project.title,
    GRAV1_OUTPUT: project.outputPath ?? '',
    GRAV1_OUTPUT_BYTES: String(project.outputBytes ?? ''),
    GRAV1_OUTPUT_SHA256: project.outputSha256 ?? ''
  }
  // A NUL ends a variable.
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.replaceAll('\0', '')]))
}
