import { useState } from 'preact/hooks'
import type { EncoderInfo } from '../../../src/api/schemas/index.ts'

/** Every parameter of an encoder: what it means, and what it takes. */
export function EncoderFlags({ encoder }: { readonly encoder: EncoderInfo }) {
  const [text, setText] = useState('')
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = encoder.flags.filter(({ flag, takes, means }) => {
    const all = `${flag} ${means} ${takes}`.toLowerCase()
    return words.every((word) => all.includes(word))
  })
  return (
    <details>
      <summary>Parameters that {encoder.program} accepts here</summary>
      <input
        type="search"
        placeholder="Find a parameter"
        aria-label={`Find a parameter of ${encoder.program}`}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <dl class="flags" tabIndex={0} aria-label={`Parameters of ${encoder.program}`}>
        {shown.map(({ flag, takes, means }) => (
          <div key={flag}>
            <dt>
              <code>{flag}</code>
            </dt>
            <dd>
              {means !== '' && `${means} `}
              <span class="sub">{takes}</span>
            </dd>
          </div>
        ))}
      </dl>
      {shown.length === 0 && <p class="sub">No parameter matches.</p>}
    </details>
  )
}
