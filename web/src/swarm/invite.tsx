import { useEffect, useState } from 'preact/hooks'
import { CopyButton } from '../ui/copy-button.tsx'

/** Rows of dark (true) and light modules. */
type Code = readonly (readonly boolean[])[]

async function codeOf(text: string): Promise<Code> {
  const { encode } = await import('uqr')
  return encode(text, { ecc: 'M', border: 3 }).data
}

function QrCode({ text }: { readonly text: string }) {
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
    <svg class="qr" viewBox={`0 0 ${code.length} ${code.length}`} role="img" aria-label="The command as a QR code">
      <path d={path} />
    </svg>
  )
}

/** What another machine has to run to join. */
export function Invite({ address }: { readonly address: string }) {
  const command = `grav1 node --bootstrap ${address}`
  return (
    <section class="panel invite" aria-labelledby="invite-title">
      <h2 id="invite-title">Invite another machine</h2>
      {address === '' ? (
        <p>This node does not listen on any address that other machines can reach; see --listen.</p>
      ) : (
        <>
          <p>
            Run this on the other machine, with grav1 and the encoders installed. A private swarm also needs the swarm
            key.
          </p>
          <div class="command">
            <code>{command}</code>
            <CopyButton text={command} what="the command" />
          </div>
          <QrCode text={command} />
        </>
      )}
    </section>
  )
}
