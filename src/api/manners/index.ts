export { openingOf } from './schedule.ts'
export {
  type MannerName,
  mannerNames,
  type Manners,
  MANNERS,
  mannersChange,
  mannerText,
  type MannerValues,
  mannerValues
} from './table.ts'
export { restWords } from './rest-words.ts'
