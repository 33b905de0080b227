import { duration } from '../../format.ts'
import type { SceneWhy } from '../../../../src/api/schemas/index.ts'

/** Why a scene is not done, and what happens next. */
export function Why({ why }: { readonly why: SceneWhy }) {
  return (
    <section class="why" aria-labelledby="why-title">
      <h3 id="why-title">Why isn’t it done?</h3>
      <p>{why.summary}</p>
      {why.details.length > 0 && (
        <ul>
          {why.details.map((detail) => (
            <li key={detail}>{detail}</li>
          ))}
        </ul>
      )}
      {why.next != null && (
        <p>
          <b>Next:</b> {why.next.what}
          {why.next.inSeconds != null && ` (in ${duration(why.next.inSeconds)})`}
        </p>
      )}
    </section>
  )
}
