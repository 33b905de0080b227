import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/**
 * What axe finds wrong with a page, each as the rule, the element and what to do. The pages have no frames, so axe does its work in the page itself and needs no second one.
 *
 * @param within - a selector of the part that is looked at. Default: all
 */
export async function axeComplaints(page: Page, within = 'html'): Promise<string[]> {
  const builder = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  const { violations } = await builder.include(within).analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`)
  )
}
