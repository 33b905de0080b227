// A page that shows what this node's API says, once a second. Text of other peers is only ever set as text.
const element = (name, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(name), properties)
  node.append(...children)
  return node
}

const bytes = (count) => (count >= 2 ** 20 ? `${(count / 2 ** 20).toFixed(1)} MiB` : `${Math.ceil(count / 1024)} KiB`)

function facts(status) {
  const percent = status.totalFrames > 0 ? Math.floor((100 * status.frames) / status.totalFrames) : 0
  return [
    status.state + (status.reason === '' ? '' : `: ${status.reason}`),
    `${status.scenes.done}/${status.scenes.total} scenes`,
    `${percent}% ${status.frames}/${status.totalFrames} frames`,
    status.fps > 0 ? `${status.fps.toFixed(1)} fps` : '',
    status.etaSeconds == null ? '' : `${Math.ceil(status.etaSeconds)} s left`,
    bytes(status.bytes),
    `${status.encoder} ${status.encoderParams}`
  ].filter((text) => text !== '')
}

function strip(project) {
  const running = new Set(project.workers)
  const cells = Object.entries(project.scenes).map(([key, scene]) => {
    const state = scene.filesize > 0 ? 'done' : running.has(key) ? 'running' : 'waiting'
    const cell = element('i', { className: state, title: `${key}: ${scene.frames} frames, ${state}` })
    cell.style.flex = `${scene.frames} 0 0`
    return cell
  })
  return element(
    'div',
    { className: 'strip', role: 'img', ariaLabel: `${project.jobs} of ${project.total_jobs} scenes done` },
    ...cells
  )
}

async function get(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(5000) })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response.json()
}

async function show() {
  const [{ node, peers, projects }, documented] = await Promise.all([get('api/v2/status'), get('api/get_projects')])
  const films = new Map(documented.map((project) => [project.projectid, project]))
  document.querySelector('#node').textContent = `seen from ${node.name}, ${node.busy}/${node.slots} slots busy`
  document
    .querySelector('#projects')
    .replaceChildren(
      ...projects.map((status) =>
        element(
          'article',
          {},
          element('h3', { textContent: status.title }),
          strip(films.get(status.projectId) ?? { workers: [], scenes: {}, jobs: 0, total_jobs: 0 }),
          element('p', { className: 'facts', textContent: facts(status).join(' · ') })
        )
      )
    )
  document.querySelector('#peers').replaceChildren(
    ...peers.map((peer) =>
      element('li', {
        textContent: `${peer.name || 'unnamed'} …${peer.peerId.slice(-8)}, ${peer.busy}/${peer.slots} slots busy${peer.connected ? '' : ', not connected'}`
      })
    )
  )
}

for (;;) {
  await show().catch((error) => {
    document.querySelector('#node').textContent = `this node does not answer (${error.message}); trying again`
  })
  await new Promise((resolve) => setTimeout(resolve, 1000))
}
