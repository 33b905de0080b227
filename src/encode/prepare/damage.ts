/** The source is damaged, or does not decode the same way twice: the analysis must start again, carefully. The message is the first sign. */
export class DamageFound extends Error {
  override readonly name = 'DamageFound'
}
