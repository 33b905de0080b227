import { createThrottle, type Throttle } from './throttle.ts'

/** Bytes per second; 0 has no limit. */
export interface BandwidthLimits {
  readonly upload: number
  readonly download: number
}

/** Limits of all blob traffic of a node. Messages of other protocols are never held back. */
export interface Bandwidth {
  readonly upload: Throttle
  readonly download: Throttle
  readonly set: (limits: BandwidthLimits) => void
}

/** @param counts peers whose traffic counts. Default: all */
export function createBandwidth(counts?: (peer: string) => boolean): Bandwidth {
  const upload = createThrottle(counts && { counts })
  const download = createThrottle(counts && { counts })
  return {
    upload,
    download,
    set: (limits) => {
      upload.setRate(limits.upload)
      download.setRate(limits.download)
    }
  }
}
