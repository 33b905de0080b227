import { Box, type Key, Text, useApp, useInput, useWindowSize } from 'ink'
import { createElement as h, type ReactElement, useEffect, useReducer, useRef } from 'react'
import { printable } from '../../../common/text.ts'
import type { NodeClient } from '../client.ts'
import { followNode, type Following, refusalText } from './follow.ts'
import { afterKey, afterTime, type KeyStep, type Press, typedPresses } from './keys.ts'
import type { Line, Span, Tone } from './line.ts'
import { screenLines } from './screen.ts'
import { NOTHING_YET, type TopState } from './state.ts'
import { type Command, START, type Ui, withMessage } from './ui.ts'

export type TopClient = Pick<
  NodeClient,
  'events' | 'chronicle' | 'changeNode' | 'drainNode' | 'cancel' | 'remove' | 'setPriority' | 'stopScene' | 'why'
>

export interface TopProps {
  readonly client: TopClient
  readonly signal: AbortSignal
  /** Without them bold, dim and inverse are left. */
  readonly colours: boolean
}

interface Look {
  readonly color?: string
  readonly bold?: boolean
  readonly dimColor?: boolean
  readonly inverse?: boolean
}

const LOOKS: Readonly<Record<Tone, Look>> = {
  plain: {},
  dim: { dimColor: true },
  strong: { bold: true },
  good: { color: 'green' },
  busy: { color: 'yellow' },
  bad: { color: 'red' },
  key: { color: 'cyan' },
  chosen: { inverse: true }
}

function spanElement({ text, tone }: Span, index: number, colours: boolean): ReactElement {
  const { color, ...look } = LOOKS[tone]
  return h(Text, { key: index, ...look, ...(colours && color !== undefined && { color }) }, text)
}

const lineElement = (spans: Line, index: number, colours: boolean): ReactElement =>
  h(
    Text,
    { key: index, wrap: 'truncate' },
    ...(spans.length === 0 ? [' '] : spans.map((part, at) => spanElement(part, at, colours)))
  )

const NAMES: readonly (readonly [keyof Key, NonNullable<Press['name']>])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['pageUp', 'page-up'],
  ['pageDown', 'page-down'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'backspace']
]

/** Keys as they were pressed, one after the other where several come at once. */
function pressesOf(input: string, key: Key): Press[] {
  const name = NAMES.find(([field]) => key[field] === true)?.[1]
  if (name !== undefined) return [{ text: '', name }]
  if (key.ctrl) return input === 'c' ? [{ text: '', name: 'interrupt' }] : []
  return key.meta ? [] : typedPresses(input)
}

/** What a command makes of the node, and what is said then. */
async function carryOut(command: Exclude<Command, { type: 'quit' | 'why' }>, client: TopClient): Promise<string> {
  switch (command.type) {
    case 'slots':
      return `${(await client.changeNode({ slots: command.slots })).slots} slots here`
    case 'pause':
      await client.changeNode({ paused: command.on })
      return command.on ? 'paused' : 'resumed'
    case 'drain':
      await client.drainNode()
      return 'draining: p ends it'
    case 'cancel':
      await client.cancel(command.projectId)
      return 'cancelled'
    case 'delete':
      await client.remove(command.projectId)
      return 'deleted'
    case 'priority':
      return `priority ${(await client.setPriority(command.projectId, command.priority)).priority}`
    case 'stop-scene':
      await client.stopScene(command.projectId, command.scene)
      return `scene ${command.scene + 1} was handed back`
    default:
      return command satisfies never
  }
}

/** What changes without React, so that keys which come close together all count. */
interface Model {
  state: TopState
  ui: Ui
}

const TICK_MS = 1000

/** The terminal interface; it fills the screen and follows its size. */
export function TopApp({ client, signal, colours }: TopProps): ReactElement {
  const { exit } = useApp()
  const { columns, rows } = useWindowSize()
  const model = useRef<Model>({ state: NOTHING_YET, ui: START })
  const following = useRef<Following>(undefined)
  const [, draw] = useReducer((count: number) => count + 1, 0)

  const say = (text: string, tone: Tone = 'plain'): void => {
    model.current.ui = withMessage(model.current.ui, printable(text), Date.now(), tone)
    draw()
  }

  const askWhy = async ({ projectId, scene }: Extract<Command, { type: 'why' }>): Promise<void> => {
    const why = await client.why(projectId, scene, { signal })
    const { ui } = model.current
    if (ui.view.type === 'film' && ui.view.projectId === projectId && ui.view.scene === scene)
      model.current.ui = { ...ui, view: { ...ui.view, why } }
    draw()
  }

  const perform = async (command: Command): Promise<void> => {
    if (command.type === 'quit') exit(command.interrupted ? 'interrupted' : 'ok')
    else if (command.type === 'why') await askWhy(command)
    else say(await carryOut(command, client))
  }

  const take = ({ ui, command }: KeyStep): void => {
    model.current.ui = ui
    following.current?.open(ui.view.type === 'film' ? ui.view.projectId : undefined)
    if (command !== undefined) perform(command).catch((error: unknown) => say(refusalText(error), 'bad'))
    draw()
  }

  useInput((input, key) => {
    for (const press of pressesOf(input, key)) take(afterKey(model.current.ui, press, model.current.state, Date.now()))
  })

  useEffect(() => {
    const follow = followNode({
      client,
      signal,
      onState: (state) => {
        model.current.state = state
        draw()
      }
    })
    following.current = follow
    follow.ended.then(
      () => exit(),
      (error: unknown) => exit(error instanceof Error ? error : new Error(String(error)))
    )
    const ticking = setInterval(() => take(afterTime(model.current.ui, Date.now())), TICK_MS)
    return () => clearInterval(ticking)
  }, [])

  const { state, ui } = model.current
  const lines = screenLines(state, ui, { columns, rows }, Date.now())
  return h(
    Box,
    { flexDirection: 'column', width: columns, height: rows },
    ...lines.map((spans, index) => lineElement(spans, index, colours))
  )
}
