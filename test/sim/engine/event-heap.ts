/** Something that will happen at `atMs`. */
export interface HeapEvent {
  readonly atMs: number
  /** Breaks ties: events of one time run in the order in which they were scheduled. */
  readonly order: number
  cancelled: boolean
}

/** A binary heap of events by time, then order. */
export class EventHeap<E extends HeapEvent> {
  #items: E[] = []

  get size(): number {
    return this.#items.length
  }

  peek(): E | undefined {
    return this.#items[0]
  }

  push(event: E): void {
    const items = this.#items
    let at = items.length
    items.push(event)
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = items[parentAt] as E
      if (!before(event, parent)) break
      items[at] = parent
      at = parentAt
    }
    items[at] = event
  }

  pop(): E | undefined {
    const items = this.#items
    const top = items[0]
    const last = items.pop()
    if (last !== undefined && items.length > 0) this.#sink(0, last)
    return top
  }

  /** Throws the cancelled ones out. */
  compact(): void {
    this.#items = this.#items.filter((event) => !event.cancelled)
    for (let at = (this.#items.length >> 1) - 1; at >= 0; at--) this.#sink(at, this.#items[at] as E)
  }

  #sink(from: number, event: E): void {
    const items = this.#items
    const half = items.length >> 1
    let at = from
    while (at < half) {
      let childAt = at * 2 + 1
      let child = items[childAt] as E
      const right = items[childAt + 1]
      if (right !== undefined && before(right, child)) {
        childAt++
        child = right
      }
      if (!before(child, event)) break
      items[at] = child
      at = childAt
    }
    items[at] = event
  }
}

function before(one: HeapEvent, other: HeapEvent): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)
}
