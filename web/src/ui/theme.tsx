import { effect, signal } from '@preact/signals'

type Theme = 'system' | 'light' | 'dark'

const THEMES: readonly Theme[] = ['system', 'light', 'dark']
const KEY = 'grav1-theme'

function stored(): Theme {
  const text = localStorage.getItem(KEY)
  return THEMES.find((theme) => theme === text) ?? 'system'
}

const theme = signal<Theme>(stored())

/** Makes the page light or dark as it was chosen, and keeps the choice. */
export function applyTheme(): void {
  effect(() => {
    if (theme.value === 'system') {
      localStorage.removeItem(KEY)
      delete document.documentElement.dataset['theme']
    } else {
      localStorage.setItem(KEY, theme.value)
      document.documentElement.dataset['theme'] = theme.value
    }
  })
}

export function ThemeSwitch() {
  return (
    <label class="theme">
      <span class="sr-only">Colours</span>
      <select
        value={theme.value}
        onChange={({ currentTarget: { value } }) => {
          theme.value = THEMES.find((one) => one === value) ?? 'system'
        }}
      >
        <option value="system">System colours</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  )
}
