import { bytes, clock, duration } from '../../format.ts'
import { nameOf } from '../../people.ts'
import { VERDICTS } from './verdicts.ts'
import type { SceneAttempt } from '../../../../src/api/schemas/index.ts'

/** The attempts at the scene: worker, time and outcome. */
export function Attempts({ history }: { readonly history: readonly SceneAttempt[] }) {
  if (history.length === 0) return <p class="quiet-text">No node has tried it yet, as far as this node knows.</p>
  return (
    <ol class="attempts">
      {history.map((attempt) => (
        <li key={`${attempt.epoch}.${attempt.attempt}`} class={attempt.verdict}>
          <b>{VERDICTS[attempt.verdict]}</b> {nameOf(attempt.worker)}
          <span class="sub">
            {attempt.startedAtMs != null && ` ${clock(attempt.startedAtMs)}`}
            {attempt.encodeSeconds != null && `, encoded for ${duration(attempt.encodeSeconds)}`}
            {attempt.bytes != null && `, ${bytes(attempt.bytes)}`}
            {attempt.encoderBuild !== '' && `, ${attempt.encoderBuild}`}
          </span>
          {attempt.reason !== '' && <pre class="reason">{attempt.reason}</pre>}
        </li>
      ))}
    </ol>
  )
}
