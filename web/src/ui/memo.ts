import { Component, type ComponentType, type VNode } from 'preact'

/** A component that is drawn again only when one of its properties, or a signal that it reads, is another one. */
export function memo<Props extends object>(draw: (props: Props) => VNode): ComponentType<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>, state: Readonly<object>): boolean {
      // Signals bring their changes as state.
      if (state !== this.state) return true
      const before = this.props as Readonly<Props>
      return (Object.keys(next) as (keyof Props)[]).some((key) => next[key] !== before[key])
    }

    override render(props: Readonly<Props>): VNode {
      return draw(props)
    }
  }
}
