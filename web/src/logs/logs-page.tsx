import { useEffect, useRef, useState } from 'preact/hooks'
import type { LogLine } from '../../../src/api/schemas/index.ts'
import { answerOf, api } from '../api.ts'
import { clock, peerName, shortId } from '../format.ts'
import { connection, log, node, peers, projects } from '../store.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { toastError } from '../ui/toasts.tsx'
import { fits, LEVELS, type Filter } from './filter.ts'
import { Happened } from './happened.tsx'
import { wantedLogs } from './wanted.ts'

type Level = Filter['level']

/** One line as text, as it is copied. */
const plain = ({ atMs, level, message, fields }: LogLine): string =>
  `${new Date(atMs).toISOString()} ${level} ${message} ${fields}`

/** The kept lines, then new ones, each once; undefined before the node gave them. Each new stream asks for the kept lines again, because it carries only what is written after it began. */
function useLines(level: Level): readonly LogLine[] | undefined {
  const [before, setBefore] = useState<readonly LogLine[]>()
  useEffect(() => {
    wantedLogs.value = level
    return () => {
      wantedLogs.value = undefined
    }
  }, [level])
  const { status, sinceMs } = connection.value
  useEffect(() => {
    if (status !== 'live') return undefined
    let isWanted = true
    const ask = async (): Promise<void> => {
      const { items } = await answerOf(await api.logs.$get({ query: { level, limit: '1000' } }))
      if (isWanted) setBefore(items)
    }
    ask().catch((error: unknown) => toastError('The log could not be read', error))
    return () => {
      isWanted = false
    }
  }, [level, status, sinceMs])
  if (before == null) return undefined
  const last = before.at(-1)?.number ?? -1
  return [...before, ...log.value.filter(({ number }) => number > last)]
}

function Choice({
  name,
  value,
  options,
  onChoose
}: {
  readonly name: string
  readonly value: string
  readonly options: readonly (readonly [value: string, name: string])[]
  readonly onChoose: (value: string) => void
}) {
  return (
    <label>
      {name}{' '}
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}

function Line({ line }: { readonly line: LogLine }) {
  return (
    <li class={`line ${line.level}`}>
      <time dateTime={new Date(line.atMs).toISOString()}>{clock(line.atMs)}</time> <b>{line.level}</b> {line.message}{' '}
      {line.fields === '{}' ? undefined : <span class="quiet">{line.fields}</span>}
    </li>
  )
}

export function LogsPage() {
  const [filter, setFilter] = useState<Filter>({ level: 'info', project: '', peer: '', text: '' })
  const [follows, setFollows] = useState(true)
  const end = useRef<HTMLDivElement>(null)
  const known = useLines(filter.level)
  const lines = known?.filter((line) => fits(line, filter)) ?? []
  const change = (part: Partial<Filter>): void => setFilter({ ...filter, ...part })
  useEffect(() => {
    if (follows) end.current?.scrollIntoView({ block: 'end' })
  }, [follows, lines.length])
  const people = [...(node.value == null ? [] : [node.value]), ...peers.value.values()]
  return (
    <section class="logs" aria-labelledby="logs-title">
      <h1 id="logs-title">Logs</h1>
      <Happened />
      <h2>Log</h2>
      <p class="quiet">This is the log of the node that serves this page. The node keeps only the newest lines.</p>
      <div class="actions">
        <Choice
          name="Level"
          value={filter.level}
          options={LEVELS.map((level) => [level, `${level} and above`] as const)}
          onChoose={(level) => change({ level: level as Level })}
        />
        <Choice
          name="Project"
          value={filter.project}
          options={[
            ['', 'all'],
            ...[...projects.value.values()].map(
              ({ projectId, title }) => [projectId, `${title} ${shortId(projectId)}`] as const
            )
          ]}
          onChoose={(project) => change({ project })}
        />
        <Choice
          name="Node"
          value={filter.peer}
          options={[['', 'all'], ...people.map(({ peerId, name }) => [peerId, peerName(name, peerId)] as const)]}
          onChoose={(peer) => change({ peer })}
        />
        <label>
          Text{' '}
          <input
            type="search"
            value={filter.text}
            onInput={({ currentTarget }) => change({ text: currentTarget.value })}
          />
        </label>
        <label>
          <input
            type="checkbox"
            checked={follows}
            onChange={({ currentTarget }) => setFollows(currentTarget.checked)}
          />{' '}
          Follow
        </label>
        <CopyButton text={lines.map(plain).join('\n')} what="the lines that are shown" />
      </div>
      {/* Not announced line by line: it would never end. */}
      <ol class="plain lines" aria-label="Log lines" tabIndex={0}>
        {lines.map((line) => (
          <Line key={line.number} line={line} />
        ))}
      </ol>
      {known != null && lines.length === 0 && <p class="quiet">No lines match.</p>}
      <div ref={end} />
    </section>
  )
}
