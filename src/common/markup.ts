const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}

/** Text for HTML, XML or SVG, between tags and in quoted values. What XML forbids even when escaped becomes a space. */
export const escapedMarkup = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\uFFFE\uFFFF]/gu, ' ')
    .replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)

/** Text for a cell of a table in Markdown. */
export const escapedCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
