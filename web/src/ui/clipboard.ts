/** Puts a text on the clipboard. Over plain HTTP from another machine browsers have only the old way. @returns whether it is there */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.className = 'off-screen'
    // Inside an open dialog nothing else takes the focus.
    const within = document.querySelector('dialog[open]') ?? document.body
    within.append(area)
    area.select()
    const copied = document.execCommand('copy')
    area.remove()
    return copied
  }
}
