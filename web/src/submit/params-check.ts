import { useEffect, useState } from 'preact/hooks'
import { answerOf, api } from '../api.ts'
import { sentenceOf } from '../ui/toasts.tsx'
import type { ParamsCheck } from '../../../src/api/schemas/index.ts'

const DEBOUNCE_MS = 250

/** What the node says of the parameters, a moment after they were typed; undefined while it is asked. */
export function useParamsCheck(encoder: string, params: string): ParamsCheck | undefined {
  const [check, setCheck] = useState<ParamsCheck>()
  useEffect(() => {
    let isCurrent = true
    setCheck(undefined)
    const ask = async (): Promise<void> => {
      const verdict = await api.encoders[':name'].check
        .$post({ param: { name: encoder }, json: { params } })
        .then(answerOf)
        .catch((error: unknown) => ({ ok: false, reason: sentenceOf(error), flag: null, notes: [] }))
      if (isCurrent) setCheck(verdict)
    }
    const timer = setTimeout(() => void ask(), DEBOUNCE_MS)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [encoder, params])
  return check
}
