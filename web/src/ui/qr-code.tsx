import { useEffect, useState } from 'preact/hooks'

/** Rows of dark (true) and light modules. */
type Code = readonly (readonly boolean[])[]

async function codeOf(text: string): Promise<Code> {
  const { encode } = await import('uqr')
  return encode(text, { ecc: 'L', border: 3 }).data
}

/** A text for a camera. @param what the name of it, for who does not see it */
export function QrCode({ text, what }: { readonly text: string; readonly what: string }) {
  const [code, setCode] = useState<Code>([])
  useEffect(() => {
    let isWanted = true
    codeOf(text).then(
      (made) => isWanted && setCode(made),
      () => {}
    )
    return () => {
      isWanted = false
    }
  }, [text])
  const path = code.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return (
    <svg class="qr" viewBox={`0 0 ${code.length} ${code.length}`} role="img" aria-label={`${what} as a QR code`}>
      <path d={path} />
    </svg>
  )
}
