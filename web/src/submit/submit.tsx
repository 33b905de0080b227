import { useEffect, useState } from 'preact/hooks'
import { useShortcuts } from '../ui/shortcuts.tsx'
import { toastError } from '../ui/toasts.tsx'
import { mayChange } from '../session/session.ts'
import { isSubmitOpen, openSubmit } from './open.ts'
import type { ComponentType } from 'preact'

const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') === true

/** A film that is dragged over the page opens the dialog, where it can be dropped; dropped beside that, it does not replace the page. */
function useDraggedFiles(): void {
  useEffect(() => {
    const stay = (event: DragEvent): void => {
      if (hasFiles(event)) event.preventDefault()
    }
    const enter = (event: DragEvent): void => {
      if (hasFiles(event) && mayChange.value) openSubmit()
    }
    addEventListener('dragenter', enter)
    addEventListener('dragover', stay)
    addEventListener('drop', stay)
    return () => {
      removeEventListener('dragenter', enter)
      removeEventListener('dragover', stay)
      removeEventListener('drop', stay)
    }
  }, [])
}

/** The dialog, fetched when it is first opened. */
export function Submit() {
  const [Dialog, setDialog] = useState<ComponentType>()
  const isOpen = isSubmitOpen.value
  useDraggedFiles()
  useShortcuts([{ keys: 'n', does: 'submit a film', run: () => mayChange.value && openSubmit() }])
  useEffect(() => {
    if (!isOpen || Dialog != null) return
    import('./submit-dialog.tsx').then(
      ({ SubmitDialog }) => setDialog(() => SubmitDialog),
      (error: unknown) => {
        isSubmitOpen.value = false
        toastError('The dialog could not be loaded', error)
      }
    )
  }, [isOpen, Dialog])
  return isOpen && Dialog != null ? <Dialog /> : null
}
