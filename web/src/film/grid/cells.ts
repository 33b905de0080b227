import { filmTime, sceneName } from '../../format.ts'
import { partsOf, type Look } from '../describe.ts'
import { isFiltering, matches, type Filter } from '../filter.ts'
import { shareDone, stateOf } from '../states.ts'
import type { SceneChange } from '../../../../src/api/schemas/index.ts'

/** So many cells lie in one section; the browser lays out and paints only sections that are in sight. */
export const SECTION = 200
const CELL_PX = 46
const HEAD_PX = 26

export interface CellsInit extends Look {
  readonly scenes: readonly (SceneChange | undefined)[]
  readonly filter: Filter
  readonly selected: number | undefined
}

/** The grid's elements, made once and changed in place. */
export interface Cells {
  /** These scenes changed; undefined: all that is shown may be another. */
  update: (init: CellsInit, changed: ReadonlySet<number> | undefined) => void
  /** Tells sections out of sight their height, from how many cells fit in a row. */
  resize: () => void
  cellOf: (scene: number) => HTMLButtonElement | undefined
  /** The cell that Tab comes to. */
  setCurrent: (scene: number) => void
}

interface Section {
  readonly element: HTMLElement
  readonly head: HTMLElement
  readonly list: HTMLElement
  shown: number
}

export function createCells(root: HTMLElement): Cells {
  const cells: HTMLButtonElement[] = []
  const sections: Section[] = []
  let current = 0
  let selected: number | undefined
  const model = cellModel()

  function sectionOf(scene: number): Section {
    const number = Math.floor(scene / SECTION)
    while (sections.length <= number) {
      const element = document.createElement('section')
      element.className = 'cells-section'
      const head = document.createElement('h3')
      const list = document.createElement('div')
      list.className = 'cells'
      element.append(head, list)
      sections.push({ element, head, list, shown: 0 })
      root.append(element)
    }
    return sections[number] as Section
  }

  function cellAt(scene: number): HTMLButtonElement {
    while (cells.length <= scene) {
      const cell = model.cloneNode(true) as HTMLButtonElement
      const next = cells.length
      cell.dataset['scene'] = String(next)
      cell.tabIndex = next === current ? 0 : -1
      setText(cell.children[0], sceneName(next))
      cell.hidden = true
      if (next === selected) cell.setAttribute('aria-current', 'true')
      sectionOf(next).list.append(cell)
      cells.push(cell)
    }
    return cells[scene] as HTMLButtonElement
  }

  function paint(scene: SceneChange, { filter, ...look }: CellsInit): void {
    const cell = cellAt(scene.scene)
    const state = stateOf(scene)
    cell.className = `cell ${state}`
    const share = shareDone(scene)
    if (share == null) cell.style.removeProperty('--share')
    else cell.style.setProperty('--share', `${Math.round(share * 100)}%`)
    const facts = `${scene.frames}fr${scene.bytes > 0 ? ` ${compactBytes(scene.bytes)}` : ''}`
    setText(cell.children[1], facts)
    // What is seen comes first, so that it can be said to choose the cell.
    cell.ariaLabel = `${sceneName(scene.scene)} ${facts}: ${partsOf(scene, look).join(', ')}`
    const hidden = !matches(filter, scene)
    if (cell.hidden === hidden) return
    cell.hidden = hidden
    sectionOf(scene.scene).shown += hidden ? -1 : 1
  }

  function heads({ fps, filter, scenes }: CellsInit): void {
    let frames = 0
    const filtering = isFiltering(filter)
    sections.forEach(({ element, head, shown }, number) => {
      const from = number * SECTION
      const to = Math.min(scenes.length, from + SECTION)
      const where = fps > 0 ? ` · ${filmTime(frames / fps).replace(/\.\d$/, '')}` : ''
      const of = filtering ? ` · ${shown} shown` : ''
      setText(head, `${sceneName(from)} to ${sceneName(to - 1)}${where}${of}`)
      element.hidden = shown === 0
      for (let scene = from; scene < to; scene += 1) frames += scenes[scene]?.frames ?? 0
    })
  }

  function resize(): void {
    const shownSection = sections.find(({ shown }) => shown > 0)
    if (shownSection == null) return
    const columns = getComputedStyle(shownSection.list).gridTemplateColumns.split(' ').length
    for (const { element, shown } of sections)
      element.style.containIntrinsicBlockSize = `${HEAD_PX + Math.ceil(shown / columns) * CELL_PX}px`
  }

  function select(scene: number | undefined): void {
    if (selected === scene) return
    if (selected != null) cells[selected]?.removeAttribute('aria-current')
    selected = scene
    if (scene != null) cells[scene]?.setAttribute('aria-current', 'true')
  }

  function setCurrent(scene: number): void {
    const [before, after] = [cells[current], cells[scene]]
    if (before != null) before.tabIndex = -1
    if (after != null) after.tabIndex = 0
    current = scene
  }

  return {
    update: (init, changed) => {
      const known = cells.length
      if (changed == null) init.scenes.forEach((scene) => scene != null && paint(scene, init))
      else
        for (const scene of changed) {
          const now = init.scenes[scene]
          if (now != null) paint(now, init)
        }
      select(init.selected)
      const isShown = cells[current]?.hidden === false
      if (!isShown)
        setCurrent(
          Math.max(
            0,
            cells.findIndex(({ hidden }) => !hidden)
          )
        )
      if (changed == null || cells.length !== known || isFiltering(init.filter)) {
        heads(init)
        resize()
      }
    },
    resize,
    cellOf: (scene) => cells[scene],
    setCurrent
  }
}

function cellModel(): HTMLButtonElement {
  const cell = document.createElement('button')
  cell.type = 'button'
  const number = document.createElement('b')
  const facts = document.createElement('span')
  for (const part of [number, facts]) part.append('')
  cell.append(number, ' ', facts)
  return cell
}

/** Changes the text that is there, which costs less than new text. */
function setText(element: Element | undefined, text: string): void {
  if (element == null) return
  const { firstChild } = element
  if (firstChild == null) element.append(text)
  else if (firstChild.nodeValue !== text) firstChild.nodeValue = text
}

/** As short as a cell needs it: `614.9K`. */
export function compactBytes(count: number): string {
  if (count < 1024) return `${count}B`
  if (count < 1024 * 1024) return `${(count / 1024).toFixed(1)}K`
  return `${(count / 1024 / 1024).toFixed(1)}M`
}
