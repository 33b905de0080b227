/** What is gossiped. `log`: signed records; `beats`: signed soft state; `nodes`: what a node says of itself. */
export type TopicName = 'log' | 'beats' | 'nodes'

export const TOPICS: Readonly<Record<TopicName, string>> = {
  log: '/grav1/1/log',
  beats: '/grav1/1/beats',
  nodes: '/grav1/1/nodes'
}
