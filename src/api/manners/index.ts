export { restWords } from './rest-words.ts'
export { openingOf } from './schedule.ts'
export { mannersChange, mannerText } from './schemas.ts'
export { type MannerName, mannerNames, type Manners, MANNERS, type MannerValues, mannerValues } from './table.ts'
