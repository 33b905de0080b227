import { checkSameAgain, checkSeeds } from './check-seeds.ts'

checkSameAgain([1, 2, 3, 4])
checkSeeds(1, 250)
