import { route } from '../router.ts'
import { CopyButton } from '../ui/copy-button.tsx'

/** What a phone shows that read the code of an invitation: nothing of the node, only what to do with the text. */
export function JoinPage() {
  const text = route.value.page === 'join' ? route.value.text : ''
  const command = `grav1 join ${text}`
  return (
    <section class="panel invite" aria-labelledby="join-title">
      <h1 id="join-title">You are invited to a swarm</h1>
      <p>
        Install grav1 on the machine that you want to add, and run this command there. Keep the command private: anybody
        who has it can join.
      </p>
      <div class="command">
        <code>{command}</code>
        <CopyButton text={command} what="the command" />
      </div>
    </section>
  )
}
