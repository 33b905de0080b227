import { useEffect, useState } from 'preact/hooks'
import { answerOf, api } from '../api.ts'
import { sentenceOf } from '../ui/toasts.tsx'
import type { EncoderInfo, Preset } from '../../../src/api/schemas/index.ts'

/** What the node encodes with; empty until it answers, with a reason where it does not. */
export interface KnownEncoders {
  readonly encoders: readonly EncoderInfo[]
  readonly presets: readonly Preset[]
  readonly reason: string
}

export function useEncoders(): KnownEncoders {
  const [known, setKnown] = useState<KnownEncoders>({ encoders: [], presets: [], reason: '' })
  useEffect(() => {
    const load = async (): Promise<void> => {
      try {
        const [encoders, presets] = await Promise.all([
          api.encoders.$get().then(answerOf),
          api.presets.$get().then(answerOf)
        ])
        setKnown({ encoders, presets, reason: '' })
      } catch (error) {
        setKnown({ encoders: [], presets: [], reason: sentenceOf(error) })
      }
    }
    void load()
  }, [])
  return known
}
