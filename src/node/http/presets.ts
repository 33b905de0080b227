import type { PresetsPort } from '../../api/ports.ts'
import type { Preset } from '../../api/schemas/index.ts'
import type { EncoderShelf } from '../encoders/encoder-shelf.ts'
import { listPresets } from '../owner/presets.ts'

/** The presets of this node, for the encoders that it has. */
export const createPresets = ({ found }: Pick<EncoderShelf, 'found'>, own: readonly Preset[]): PresetsPort => ({
  list: async () => listPresets(own, (await found()).installed)
})
