import { duration } from '../../format.ts'
import { mayChange } from '../../session/session.ts'
import { Sentence } from '../../ui/sentence.tsx'
import type { SceneWhy } from '../../../../src/api/schemas/index.ts'

/** Why a scene is not done, and what happens next. `again`: has it tried again, where it failed. */
export function Why({ why, again }: { readonly why: SceneWhy; readonly again: (() => void) | undefined }) {
  return (
    <section class="why" aria-labelledby="why-title">
      <h3 id="why-title">Why is it not done?</h3>
      <p>
        <Sentence text={why.summary} />
      </p>
      {why.details.length > 0 && (
        <ul>
          {why.details.map((detail) => (
            <li key={detail}>
              <Sentence text={detail} />
            </li>
          ))}
        </ul>
      )}
      {why.next != null && (
        <p>
          <b>Next:</b> <Sentence text={why.next.what} />
          {why.next.inSeconds != null && ` (in ${duration(why.next.inSeconds)})`}
        </p>
      )}
      {again != null && (
        <p>
          <button type="button" disabled={!mayChange.value} onClick={again}>
            Try again now
          </button>
        </p>
      )}
    </section>
  )
}
