import type { NodeStatus } from './schemas/index.ts'

type Way = NonNullable<NodeStatus['reach']>['addresses'][number]

const WORDS: Readonly<Record<Way['reach'], string>> = {
  public: 'from everywhere, if router and firewall let it through',
  local: 'on the local network',
  relayed: 'from everywhere, through a relay',
  'relayed-local': 'through a relay, on its local network',
  machine: 'on this machine only'
}

/** Who can use an address, in words that follow it. */
export const reachWords = ({ reach, isReached }: Pick<Way, 'reach' | 'isReached'>): string =>
  isReached ? 'from everywhere: a peer outside reached it' : WORDS[reach]
