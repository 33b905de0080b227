import { Fragment } from 'preact'

/** Parameters of an encoder as they are written; a line breaks between flags, not at the hyphens in them. */
export function Params({ text }: { readonly text: string }) {
  if (text === '') return <>the encoder’s defaults</>
  return (
    <code class="params">
      {text.split(' ').map((word, at) => (
        <Fragment key={at}>
          {at > 0 && ' '}
          <span>{word}</span>
        </Fragment>
      ))}
    </code>
  )
}
