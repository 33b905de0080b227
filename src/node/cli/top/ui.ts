import type { SceneWhy } from '../../../api/schemas/index.ts'
import type { Tone } from './line.ts'

export const PANES = ['films', 'slots', 'peers', 'log'] as const

export type Pane = (typeof PANES)[number]

/** What fills the screen below the header. */
export type View =
  | { readonly type: 'panes' }
  | { readonly type: 'help' }
  /** How other machines join. */
  | { readonly type: 'join' }
  | {
      readonly type: 'film'
      readonly projectId: string
      /** From 0. */
      readonly scene: number
      /** Of this scene, once it was asked for. */
      readonly why: SceneWhy | undefined
    }

/** What the user asks the node to do. */
export type Command =
  /** `interrupted`: by Ctrl-C. */
  | { readonly type: 'quit'; readonly interrupted: boolean }
  | { readonly type: 'slots'; readonly slots: number }
  | { readonly type: 'pause'; readonly on: boolean }
  | { readonly type: 'drain' }
  | { readonly type: 'cancel'; readonly projectId: string }
  /** At once: the time to undo it is over. */
  | { readonly type: 'delete'; readonly projectId: string }
  | { readonly type: 'priority'; readonly projectId: string; readonly priority: number }
  | { readonly type: 'stop-scene'; readonly projectId: string; readonly scene: number }
  | { readonly type: 'why'; readonly projectId: string; readonly scene: number }

/** Where the user is on the screen. */
export interface Ui {
  readonly view: View
  readonly pane: Pane
  /** Id of the chosen row of each pane; the first one where it is not there. */
  readonly chosen: Readonly<Partial<Record<Pane, string>>>
  readonly filter: string
  /** The filter is being typed. */
  readonly typing: boolean
  /** A question that `y` answers; anything else is no. */
  readonly ask: { readonly text: string; readonly command: Command } | undefined
  readonly message: { readonly text: string; readonly tone: Tone; readonly untilMs: number } | undefined
  /** Will be deleted then, unless it is undone. */
  readonly deleting: { readonly projectId: string; readonly title: string; readonly atMs: number } | undefined
}

export const START: Ui = {
  view: { type: 'panes' },
  pane: 'films',
  chosen: {},
  filter: '',
  typing: false,
  ask: undefined,
  message: undefined,
  deleting: undefined
}

const MESSAGE_MS = 6000

export const withMessage = (ui: Ui, text: string, nowMs: number, tone: Tone = 'plain'): Ui => ({
  ...ui,
  message: { text, tone, untilMs: nowMs + MESSAGE_MS }
})

export const matches = ({ filter }: Pick<Ui, 'filter'>, ...texts: string[]): boolean =>
  filter === '' || texts.some((text) => text.toLowerCase().includes(filter.toLowerCase()))
