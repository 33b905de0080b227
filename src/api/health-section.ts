/** Why a node is of no use yet, or not now. */
export type Missing = 'recovering' | 'disk-full' | 'no-encoders'

/** How this node does. */
export interface HealthSection {
  /** What keeps it from being of use; empty when nothing does. */
  readonly missing: () => readonly Missing[]
  /** Every figure in Prometheus' text format. */
  readonly metrics: () => Promise<string>
}
