/** A language in one of its spellings: `ger`, `deu` and `de` are one. */
export function sameLanguage(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? language
  } catch {
    return language
  }
}

/** The same without region and script: `pt` of `pt-BR`; `und` where there is none. */
export const bareLanguage = (language: string): string =>
  sameLanguage(language === '' ? 'und' : language).split('-', 1)[0] ?? ''
