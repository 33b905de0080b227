/** What is gossiped. `log`: signed records; `leases`: signed grants with their claims; `beats`: signed soft state; `nodes`: what a node says of itself. */
export type TopicName = 'log' | 'leases' | 'beats' | 'nodes'

export const TOPICS: Readonly<Record<TopicName, string>> = {
  log: '/grav1/1/log',
  leases: '/grav1/1/leases',
  beats: '/grav1/1/beats',
  nodes: '/grav1/1/nodes'
}
