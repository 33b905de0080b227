/** What an attack is given: where the node is, and a project that it could harm. */
export interface Target {
  readonly base: string
  readonly id: string
}

/** Runs one attack in the page: what it could read, `loaded` where something of the node was shown, else empty. */
export type Attack = (name: string, target: Target) => Promise<string>

/** Names of the attacks that `installAttacks` knows. */
export type AttackNames = readonly string[]

/** Runs in the hostile page, so it may use nothing of this file. Leaves `attack` there and gives the names of what it can do. */
export function installAttacks(): AttackNames {
  const ANSWER_MS_MAX = 3000

  const within = async (task: Promise<string>): Promise<string> =>
    Promise.race([task.catch(() => ''), new Promise<string>((resolve) => setTimeout(() => resolve(''), ANSWER_MS_MAX))])

  async function send(url: string, init: RequestInit = {}): Promise<string> {
    const answer = await fetch(url, init)
    return answer.text()
  }

  const xhr = async (method: string, url: string, body?: string): Promise<string> =>
    new Promise((resolve) => {
      const request = new XMLHttpRequest()
      request.open(method, url)
      request.withCredentials = true
      request.addEventListener('loadend', () => resolve(request.responseText))
      request.send(body)
    })

  /** Resolves when the element has loaded or has not. */
  async function show(tag: string, url: string, more: Record<string, string> = {}): Promise<string> {
    const element = document.createElement(tag)
    const done = new Promise<string>((resolve) => {
      for (const event of ['load', 'loadeddata']) element.addEventListener(event, () => resolve('loaded'))
      element.addEventListener('error', () => resolve(''))
    })
    for (const [name, value] of Object.entries({
      [tag === 'link' ? 'href' : tag === 'object' ? 'data' : 'src']: url,
      ...more
    }))
      element.setAttribute(name, value)
    document.body.append(element)
    return done
  }

  /** A frame loads what was refused as well: what counts is whether its text can be seen. */
  async function frame(url: string): Promise<string> {
    const element = document.createElement('iframe')
    const loaded = new Promise((resolve) => element.addEventListener('load', resolve))
    element.src = url
    document.body.append(element)
    await loaded
    return element.contentDocument?.body.textContent ?? ''
  }

  async function form(url: string, enctype: string, fields: Record<string, string>): Promise<string> {
    const target = document.createElement('iframe')
    target.name = `frame${document.querySelectorAll('iframe').length}`
    document.body.append(target)
    const element = document.createElement('form')
    Object.assign(element, { method: 'post', action: url, enctype, target: target.name })
    for (const [name, value] of Object.entries(fields)) {
      const input = document.createElement('input')
      Object.assign(input, { name, value })
      element.append(input)
    }
    document.body.append(element)
    const loaded = new Promise((resolve) => target.addEventListener('load', resolve))
    element.submit()
    await loaded
    return target.contentDocument?.body.textContent ?? ''
  }

  const film = JSON.stringify({ input: ['film.mkv'], encoder: 'aom', output: 'stolen.mkv' })
  const film2 = JSON.stringify({ input: 'film.mkv', encoder: 'aom', output: 'stolen.mkv' })
  const json = { 'content-type': 'application/json' }
  const plain = { 'content-type': 'text/plain' }
  const urlencoded = 'application/x-www-form-urlencoded'
  const multipart = 'multipart/form-data'

  const attacks: Record<string, (base: string, id: string) => Promise<string>> = {
    'bodiless POST deletes': async (base, id) => send(`${base}/api/delete_project/${id}`, { method: 'POST' }),
    'bodiless POST deletes, opaque': async (base, id) =>
      send(`${base}/api/delete_project/${id}`, { method: 'POST', mode: 'no-cors' }),
    'bodiless POST deletes, with cookies': async (base, id) =>
      send(`${base}/api/delete_project/${id}`, { method: 'POST', mode: 'no-cors', credentials: 'include' }),
    'bodiless POST that outlives the page': async (base, id) =>
      send(`${base}/api/delete_project/${id}`, { method: 'POST', mode: 'no-cors', keepalive: true }),
    'bodiless POST without referrer': async (base, id) =>
      send(`${base}/api/delete_project/${id}`, { method: 'POST', mode: 'no-cors', referrerPolicy: 'no-referrer' }),
    'XHR deletes': async (base, id) => xhr('POST', `${base}/api/delete_project/${id}`),
    'beacon deletes': async (base, id) => {
      navigator.sendBeacon(`${base}/api/delete_project/${id}`)
      return ''
    },
    'beacon of JSON adds': async (base) => {
      navigator.sendBeacon(`${base}/api/add_project`, new Blob([film], { type: 'application/json' }))
      return ''
    },
    'form deletes': async (base, id) => form(`${base}/api/delete_project/${id}`, urlencoded, {}),
    'form of several parts deletes': async (base, id) =>
      form(`${base}/api/delete_project/${id}`, multipart, { a: 'b' }),
    'form that looks like JSON adds': async (base) =>
      form(`${base}/api/add_project`, 'text/plain', { [`${film.slice(0, -1)},"x":"`]: '"}' }),
    'form cancels': async (base, id) => form(`${base}/api/v2/projects/${id}/cancel`, urlencoded, {}),
    'form says that it is DELETE': async (base, id) =>
      form(`${base}/api/v2/projects/${id}`, urlencoded, { _method: 'DELETE' }),
    'form drains': async (base) => form(`${base}/api/v2/node/drain`, urlencoded, {}),
    'POST drains': async (base) => send(`${base}/api/v2/node/drain`, { method: 'POST', mode: 'no-cors' }),
    'PATCH pauses, after asking': async (base) =>
      send(`${base}/api/v2/node`, { method: 'PATCH', body: '{"paused":true}', headers: json }),
    'JSON as text adds': async (base) =>
      send(`${base}/api/add_project`, { method: 'POST', body: film, headers: plain, mode: 'no-cors' }),
    'JSON as text adds, readable': async (base) =>
      send(`${base}/api/add_project`, { method: 'POST', body: film, headers: plain }),
    'JSON without a type adds': async (base) =>
      send(`${base}/api/add_project`, { method: 'POST', body: new Blob([film]), mode: 'no-cors' }),
    'JSON adds, after asking': async (base) =>
      send(`${base}/api/add_project`, { method: 'POST', body: film, headers: json }),
    'JSON adds under v2, after asking': async (base) =>
      send(`${base}/api/v2/projects`, { method: 'POST', body: film2, headers: json }),
    'JSON as text adds under v2': async (base) =>
      send(`${base}/api/v2/projects`, { method: 'POST', body: film2, headers: plain, mode: 'no-cors' }),
    'JSON changes, after asking': async (base, id) =>
      send(`${base}/api/modify_project/${id}`, { method: 'POST', body: '{"priority":9}', headers: json }),
    'JSON as text changes': async (base, id) =>
      send(`${base}/api/modify/${id}`, { method: 'POST', body: '{"priority":9}', headers: plain, mode: 'no-cors' }),
    'POST cancels': async (base, id) =>
      send(`${base}/api/v2/projects/${id}/cancel`, { method: 'POST', mode: 'no-cors' }),
    'DELETE, after asking': async (base, id) => send(`${base}/api/v2/projects/${id}`, { method: 'DELETE' }),
    'PATCH, after asking': async (base, id) =>
      send(`${base}/api/v2/projects/${id}`, { method: 'PATCH', body: '{"priority":9}', headers: json }),
    'POST overrides its method': async (base, id) =>
      send(`${base}/api/v2/projects/${id}`, { method: 'POST', headers: { 'x-http-method-override': 'DELETE' } }),
    'POST opens a session': async (base) => send(`${base}/api/v2/session`, { method: 'POST', credentials: 'include' }),
    'GET as picture deletes': async (base, id) => show('img', `${base}/api/delete_project/${id}`),
    'GET as script cancels': async (base, id) => show('script', `${base}/api/v2/projects/${id}/cancel`),
    'GET as frame changes': async (base, id) => frame(`${base}/api/modify_project/${id}?priority=9`),
    'GET reads': async (base) => send(`${base}/api/get_projects`),
    'GET reads, opaque': async (base) => send(`${base}/api/get_projects`, { mode: 'no-cors' }),
    'GET reads with cookies': async (base) => send(`${base}/api/v2/status`, { credentials: 'include' }),
    'GET reads, after asking': async (base) => send(`${base}/api/v2/status`, { headers: { 'x-any': '1' } }),
    'GET reads with a guessed token': async (base) =>
      send(`${base}/api/v2/status`, { headers: { authorization: 'Bearer guess' } }),
    'XHR reads': async (base) => xhr('GET', `${base}/api/get_projects`),
    'script reads': async (base) => show('script', `${base}/api/get_projects`),
    'style sheet reads': async (base) => show('link', `${base}/api/v2/status`, { rel: 'stylesheet' }),
    'frame reads': async (base) => frame(`${base}/api/get_projects`),
    'frame of the page reads': async (base) => frame(`${base}/`),
    'object reads': async (base) => show('object', `${base}/api/v2/status`),
    'picture of a scene': async (base, id) => show('img', `${base}/scene/${id}/1`),
    'video of a scene': async (base, id) => show('video', `${base}/scene/${id}/1.webm`),
    'worker reads': async (base) => {
      const source = `try { importScripts('${base}/api/get_projects'); postMessage('loaded') } catch { postMessage('') }`
      const worker = new Worker(URL.createObjectURL(new Blob([source])))
      return new Promise((resolve) => worker.addEventListener('message', (event) => resolve(String(event.data))))
    },
    'events read': async (base) =>
      new Promise((resolve) => {
        const events = new EventSource(`${base}/api/v2/events`, { withCredentials: true })
        const end = (text: string) => {
          events.close()
          resolve(text)
        }
        for (const name of ['hello', 'ready', 'project', 'message'])
          events.addEventListener(name, (event) => end(`loaded ${String((event as MessageEvent).data)}`))
        events.addEventListener('error', () => end(''))
      }),
    'socket reads': async (base) =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${base.replace('http', 'ws')}/api/v2/events`)
        socket.addEventListener('open', () => resolve('loaded'))
        socket.addEventListener('error', () => resolve(''))
      })
  }

  Object.assign(globalThis, {
    attack: async (name: string, { base, id }: Target) =>
      within(attacks[name]?.(base, id) ?? Promise.reject(new Error(name)))
  })
  return Object.keys(attacks)
}
