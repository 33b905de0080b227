import { escapedCell } from '../../common/markup.ts'
import { flagsOf, snakeName, submitOption, submitOptionNames, type SubmitOption } from './options.ts'

const KINDS: Readonly<Record<SubmitOption['kind'], string>> = {
  switch: 'boolean',
  text: 'text',
  path: 'path',
  number: 'number',
  whole: 'whole number',
  choice: 'text',
  positions: 'list of frames and times',
  words: 'list of texts',
  zones: 'list of zones'
}

function meaningOf({ help, remark }: SubmitOption): string {
  return remark === undefined ? escapedCell(help) : `${escapedCell(help)}; ${remark}`
}

/** The options of a submission as a Markdown table, for `docs/options.md`. */
export function submitOptionsTable(): string {
  const rows = submitOptionNames.map((name) => {
    const option = submitOption(name)
    const flag = flagsOf(option)
    const documented = option.documented === true ? `\`${snakeName(name)}\`` : ''
    const cells = [
      `\`${flag}\``,
      `\`${name}\``,
      documented,
      KINDS[option.kind],
      meaningOf(option),
      escapedCell(option.standard ?? '')
    ]
    return `| ${cells.join(' | ')} |`
  })
  const head = [
    '| command line | `/api/v2` | `/api/add_project` | kind | meaning | default |',
    '| --- | --- | --- | --- | --- | --- |'
  ]
  return [...head, ...rows].join('\n')
}
