import { createHash } from 'node:crypto'
import { escapedMarkup as text } from '../../common/markup.ts'
import type { Answer, OpenApiDocument, Operation, Parameter, Reference } from './types.ts'

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:0 auto;padding:1rem}
code,pre{font-family:ui-monospace,monospace;font-size:.9rem}
pre{overflow-x:auto;padding:.6rem;background:light-dark(#f2f3f5,#23272e);border-radius:4px}
article{border-top:1px solid light-dark(#d8dbe0,#363b44);padding:.5rem 0}
h3{margin:.5rem 0 0;font-size:1rem;overflow-wrap:anywhere}
h3 b{display:inline-block;min-width:4.5rem}
p,ul{margin:.3rem 0}`

/** Nothing runs on this page, and nothing is loaded: one style sheet, known by its hash. */
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** Every call of the document with its parameters, answers and a line of curl, as HTML. */
export function docsPage({ info, paths }: OpenApiDocument, origin: string): string {
  const calls = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ path, method, operation }))
  )
  const tags = [...new Set(calls.flatMap(({ operation }) => operation.tags))]
  const sections = tags.map((tag) => {
    const members = calls.filter(({ operation }) => operation.tags[0] === tag)
    return `<section><h2>${text(tag)}</h2>${members.map((call) => article(call, origin)).join('')}</section>`
  })
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>The API of grav1 ${text(info.version)}</title><style>${STYLE}</style></head><body><main><h1>The API of grav1 ${text(info.version)}</h1><p>${prose(info.description)}</p><p><a href="openapi.json">openapi.json</a></p>${sections.join('')}</main></body></html>`
}

interface Call {
  readonly path: string
  readonly method: string
  readonly operation: Operation
}

function article(call: Call, origin: string): string {
  const { path, method, operation } = call
  const parameters = (operation.parameters ?? []).map(
    (one) =>
      `<li><code>${text(one.name)}</code> (${one.in}${one.required ? '' : ', optional'}) ${prose(kind(one))}</li>`
  )
  const answers = Object.entries(operation.responses).flatMap(([status, answer]) =>
    isAnswer(answer) ? [`<li><code>${status}</code> ${prose(answer.description)}</li>`] : []
  )
  return `<article id="${text(operation.operationId)}"><h3><b>${method.toUpperCase()}</b> <code>${text(path)}</code></h3><p>${prose(operation.summary)}</p>${operation.description == null ? '' : `<p>${prose(operation.description)}</p>`}${list(parameters)}${list(answers)}<pre>${text(curl(call, origin))}</pre></article>`
}

function isAnswer(answer: Answer | Reference): answer is Answer {
  return 'description' in answer
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>${items.join('')}</ul>`
}

function kind({ schema }: Parameter): string {
  const { $ref, enum: values, type } = schema
  if (typeof $ref === 'string') return $ref.split('/').at(-1) ?? ''
  const words: readonly unknown[] = [values ?? type].flat()
  return words.filter((word) => typeof word === 'string').join(' or ')
}

function curl({ path, method, operation }: Call, origin: string): string {
  const url = `${origin}${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`)}`
  const body =
    operation.requestBody == null ? '' : ` -H 'content-type: ${Object.keys(operation.requestBody.content)[0]}' -d '...'`
  return `curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} "${url}"${body}`
}

/** What stands between backquotes is code. */
function prose(value: string): string {
  return text(value).replaceAll(/`([^`]*)`/g, '<code>$1</code>')
}
