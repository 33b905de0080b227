/** The source is damaged, or does not decode to the same twice: reason to begin again, with care. The message is what was seen first. */
export class DamageFound extends Error {
  override readonly name = 'DamageFound'
}
