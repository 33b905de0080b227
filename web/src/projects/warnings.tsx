/** What is not kept of a source, and what is wrong with it; nothing where nothing is. */
export function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  return warnings.length === 0 ? null : (
    <ul class="warnings" aria-label="Warnings">
      {warnings.map((warning) => (
        <li key={warning}>{warning}</li>
      ))}
    </ul>
  )
}
