import { formatBytes } from './text.ts'

/** `39.2 fps`, below one a second `2.5 s/fr`; empty when nothing moves. */
export function formatRate(fps: number): string {
  if (!(fps > 0) || !Number.isFinite(fps)) return ''
  return fps < 1 ? `${(1 / fps).toFixed(1)} s/fr` : `${fps.toFixed(1)} fps`
}

/** `7.3 s`, `41 s`, `12 min` */
function tookText(ms: number): string {
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`
  return ms < 600_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`
}

/** What is known of an encode. */
export interface EncodeFigures {
  readonly ms?: number | undefined
  readonly frames?: number | undefined
  readonly bytes?: number | undefined
}

/** `encoded in 41 s, 12.3 fps, 614 KiB`; what is not known is left out. */
export function encodedText({ ms, frames, bytes }: EncodeFigures): string {
  const rate = ms === undefined || frames === undefined ? '' : formatRate((frames * 1000) / ms)
  const parts = [
    ms === undefined ? 'encoded' : `encoded in ${tookText(ms)}`,
    rate,
    bytes === undefined ? '' : formatBytes(bytes)
  ]
  return parts.filter((part) => part !== '').join(', ')
}
