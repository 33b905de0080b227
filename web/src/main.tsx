import { render } from 'preact'
import { App } from './app.tsx'
import { goLive } from './live.ts'
import './styles/base.css'

const root = document.querySelector('#app')
if (root == null) throw new Error('the page has no #app')
render(<App />, root)
goLive()
