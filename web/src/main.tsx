import { render } from 'preact'
import { App } from './app.tsx'
import { goLive } from './live/index.ts'
import { beginSession } from './session/begin.ts'
import { applyTheme } from './ui/theme.tsx'
import './styles/base.css'
import './styles/shell.css'
import './styles/projects.css'
import './styles/submit.css'

const root = document.querySelector('#app')
if (root == null) throw new Error('the page has no #app')
applyTheme()
render(<App />, root)
void beginSession().then(goLive)
