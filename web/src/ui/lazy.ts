import { h, type ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { toastError } from './toasts.tsx'

/** A page that is fetched when it is first shown. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let known: ComponentType<Props> | undefined
  return (props: Props) => {
    const [Page, setPage] = useState(() => known)
    useEffect(() => {
      if (known != null) return
      load().then(
        (loaded) => {
          known = loaded
          setPage(() => loaded)
        },
        (error: unknown) => toastError('The page could not be loaded', error)
      )
    }, [])
    return Page == null ? null : h(Page, props)
  }
}
