/** Share of the time of own encodes that a look at their quality may take. */
const SHARE_MAX = 0.02

/** Decides which results of this node are compared with their source, only so that people see how good they are. */
export interface QualityBudget {
  /** Whether this one is, by what the looks before took: every one of a slow encode, some of a fast one. The first always. */
  readonly mayLook: (encodeMs: number) => boolean
  /** A look took so long. */
  readonly took: (ms: number) => void
}

/** @param shareMax of the time of own encodes; Infinity looks at each. Default 2 %. */
export function createQualityBudget(shareMax = SHARE_MAX): QualityBudget {
  let encodedMs = 0
  let lookedMs = 0
  return {
    mayLook: (encodeMs) => {
      encodedMs += encodeMs
      return shareMax === Infinity || lookedMs <= shareMax * encodedMs
    },
    took: (ms) => {
      lookedMs += ms
    }
  }
}
