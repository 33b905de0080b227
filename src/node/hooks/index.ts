import { join } from 'node:path'
import { createDeliveryStore } from './delivery-store.ts'
import { createOnComplete } from './on-complete.ts'
import { watchProjectEnds, type ProjectEndsComponents } from './project-ends.ts'
import { createWebhooks, type Webhooks } from './webhooks.ts'
import { loadWebhookSecret } from './webhook-secret.ts'
import type { Config } from '../config/types.ts'

export type HooksInit = Pick<Config, 'webhook' | 'webhookSecretFile' | 'onComplete' | 'name'> & {
  readonly folder: string
}

/** The receivers of the news that a project of this node has ended. */
export interface Hooks {
  readonly counts: Webhooks['counts']
  stop: () => Promise<void>
}

/** Starts what the user asked for; without webhooks and program nothing. @throws Error with a sentence when the secret cannot be had */
export async function startHooks(components: ProjectEndsComponents, init: HooksInit): Promise<Hooks> {
  const { self, log } = components
  const { webhook: urls, onComplete: program, folder } = init
  if (urls.length === 0 && program == null) return { counts: () => ({ waiting: 0, givenUp: 0 }), stop: async () => {} }
  const store = await createDeliveryStore(join(folder, 'waiting'))
  const secret = await loadWebhookSecret(init.webhookSecretFile, join(folder, 'secret'))
  const webhooks = createWebhooks({ store, log }, { urls, secret, node: { peerId: self, name: init.name } })
  const command = program == null ? undefined : createOnComplete(log, { program })
  await webhooks.start()
  const unwatch = await watchProjectEnds(components, {
    file: join(folder, 'told.json'),
    tell: async (end) => {
      await webhooks.tell(end)
      command?.run(end)
    }
  })
  return {
    counts: webhooks.counts,
    stop: async () => {
      await unwatch()
      await webhooks.stop()
      await command?.stop()
    }
  }
}
