/** Another name beside a file: `film.aom.mkv`, `film.aom-2.mkv`, `film.aom-3.mkv`. */
export function otherName(path: string): string {
  const [, stem = path, number, ending = ''] = /^(.*?)(?:-(\d{1,3}))?(\.\w+)$/.exec(path) ?? []
  return `${stem}-${number === undefined ? 2 : Number(number) + 1}${ending}`
}
