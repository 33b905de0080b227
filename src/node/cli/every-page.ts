import type { Page } from './client.ts'

const PAGE_ITEMS = 1000

/** All items of a list as one page, however many pages the node makes of them. */
export async function everyPage<Item>(
  ask: (part: { readonly offset: number; readonly limit: number }) => Promise<Page<Item>>
): Promise<Page<Item>> {
  const items: Item[] = []
  for (;;) {
    const page = await ask({ offset: items.length, limit: PAGE_ITEMS })
    items.push(...page.items)
    if (page.items.length === 0 || items.length >= page.total) return { items, total: items.length, offset: 0 }
  }
}
