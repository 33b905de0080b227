import type { ChosenFilm } from './fields.ts'

/** The films that were chosen, by the names that people know; nothing before the first. */
export function ChosenFilms({
  films,
  remove
}: {
  readonly films: readonly ChosenFilm[]
  readonly remove: (input: string) => void
}) {
  if (films.length === 0) return null
  return (
    <ul class="plain chosen" aria-label="Chosen films">
      {films.map(({ input, name }) => (
        <li key={input}>
          <span title={input}>{name}</span>
          <button type="button" class="quiet" aria-label={`Remove ${name}`} onClick={() => remove(input)}>
            ✕
          </button>
        </li>
      ))}
    </ul>
  )
}
