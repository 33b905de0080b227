import { Command } from 'commander'
import { expect, test } from 'vitest'
import { assertNever } from '../../../../src/common/assert-never.ts'
import { addProjectBody, requestsOf } from '../../../../src/api/bodies.ts'
import { submitRequest, type SubmitRequest } from '../../../../src/api/schemas/index.ts'
import {
  flagOf,
  snakeName,
  submitOption,
  submitOptionNames,
  type SubmitOption
} from '../../../../src/api/submit/options.ts'
import { addSubmitOptions, submitOptionValues } from '../../../../src/node/cli/submit-options.ts'
import { submitAction } from '../../../../web/src/submit/command.ts'
import { EMPTY, fieldOf, isBox, requestsOf as requestsOfForm } from '../../../../web/src/submit/fields.ts'

/** An option in the table is one everywhere: on the command line, in both bodies, in the form and in its command. */
const options = submitOptionNames.map((name) => ({ name, option: submitOption(name) }))

/** A value of the kind, as the API takes it and as a person types it into the form. */
function sampleOf(option: SubmitOption): { readonly value: unknown; readonly typed: string } {
  switch (option.kind) {
    case 'switch':
      return { value: true, typed: '' }
    case 'choice':
      return { value: option.choices.at(-1), typed: option.choices.at(-1) ?? '' }
    case 'number':
    case 'whole':
      return { value: -3, typed: '-3' }
    case 'positions':
      return { value: ['100', '00:01:00'], typed: '100, 00:01:00' }
    case 'words':
      return { value: ['ARTIST=a, b', '-x=--y'], typed: 'ARTIST=a, b\n\n -x=--y' }
    case 'zones':
      return { value: [{ start: '0', end: '10', params: '--cq-level=3', line: 1 }], typed: '0 10 --cq-level=3' }
    case 'path':
      return { value: '/films/out.mkv', typed: '/films/out.mkv' }
    case 'text':
      return { value: '-00:10', typed: '-00:10' }
    default:
      return assertNever(option)
  }
}

const FILM = { input: '/films/a.mkv', encoder: 'aom' }

async function typedAsCommand(words: readonly string[]): Promise<SubmitRequest> {
  const command = addSubmitOptions(new Command('submit').argument('<input...>').option('--detach').exitOverride())
  command.parse([...words], { from: 'user' })
  return { input: command.args[0] ?? '', ...(await submitOptionValues(command.opts(), '/films')) }
}

test.for(options)(
  '$name: the API takes it, and the command of a request asks for the same',
  async ({ name, option }) => {
    const request = submitRequest.parse({ ...FILM, [name]: sampleOf(option).value })
    const { command } = submitAction(request)
    if (option.kind === 'zones') expect(command).toBeUndefined()
    else expect(await typedAsCommand(command?.slice(1) ?? [])).toEqual(request)
  }
)

test.for(options)('$name: the form asks for it, and shows what is wrong with it', ({ name, option }) => {
  const { value, typed } = sampleOf(option)
  expect(requestsOfForm({ ...EMPTY, ...FILM, [name]: isBox(name) ? true : typed })).toEqual({
    requests: [{ ...FILM, [name]: value }]
  })
  expect(fieldOf(name)).toBe(name)
  expect(flagOf(name)).toBe(`--${option.flag}`)
})

test.for(options.filter(({ option }) => option.documented === true))(
  '$name: the documented API takes it',
  ({ name, option }) => {
    const { value } = sampleOf(option)
    const body = addProjectBody.parse({ input: ['a', 'b'], encoder: 'aom', [snakeName(name)]: value })
    expect(requestsOf(body)).toEqual(
      ['a', 'b'].map((input) => ({ input, encoder: 'aom', encodeResults: true, [name]: value }))
    )
  }
)

test('what is of another kind is refused', () => {
  for (const { name } of options)
    expect(submitRequest.safeParse({ ...FILM, [name]: { odd: 1 } }).success, name).toBe(false)
})
