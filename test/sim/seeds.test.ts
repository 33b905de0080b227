import { checkSameAgain, checkSeeds } from './check-seeds.ts'
import { GATE_SEEDS } from './gate-seeds.ts'

checkSameAgain([1, 2, 3, 4])
checkSeeds(1, GATE_SEEDS)
