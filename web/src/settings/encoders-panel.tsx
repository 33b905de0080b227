import { useEffect, useState } from 'preact/hooks'
import { answerOf, api } from '../api.ts'
import { mayChange } from '../session/session.ts'
import { CopyAs } from '../ui/copy-as.tsx'
import { toastError } from '../ui/toasts.tsx'
import type { EncoderInfo } from '../../../src/api/schemas/index.ts'

function stateOf({ build, problem }: EncoderInfo): string {
  if (build != null) return build
  return problem == null ? 'not installed' : `does not work: ${problem}`
}

/** The encoders of the node, which can be looked for again after one was installed. */
export function EncodersPanel() {
  const [encoders, setEncoders] = useState<readonly EncoderInfo[]>([])
  const [isLooking, setLooking] = useState(false)
  const ask = (answer: () => Promise<readonly EncoderInfo[]>): void => {
    setLooking(true)
    answer()
      .then(setEncoders, (error: unknown) => toastError('The encoders could not be loaded', error))
      .finally(() => setLooking(false))
  }
  useEffect(() => ask(async () => answerOf(await api.encoders.$get())), [])
  return (
    <section class="panel" aria-labelledby="encoders-title">
      <h2 id="encoders-title">Encoders of this node</h2>
      <dl class="facts">
        {encoders.map((encoder) => (
          <div key={encoder.name}>
            <dt>
              {encoder.name} ({encoder.program})
            </dt>
            <dd class={encoder.problem == null ? '' : 'reason'}>{stateOf(encoder)}</dd>
          </div>
        ))}
      </dl>
      <button
        type="button"
        disabled={!mayChange.value || isLooking}
        onClick={() => ask(async () => answerOf(await api.encoders.look.$post()))}
      >
        Look for encoders again
      </button>
      <CopyAs what="look for encoders again" action={{ method: 'POST', path: 'api/v2/encoders/look' }} />
    </section>
  )
}
