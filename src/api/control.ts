/** What can be changed of a node while it runs. */
export interface NodeChange {
  readonly paused?: boolean | undefined
  readonly slots?: number | undefined
}

/** How the API steers this node as a worker. */
export interface ControlSection {
  readonly change: (change: NodeChange) => Promise<void>
  /** Finishes what is encoded, hands the rest back, takes nothing new. */
  readonly drain: () => void
}
