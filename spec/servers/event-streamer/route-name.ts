/** The parts of the service, as faults and records name them. */
export type RouteName =
  | 'stream'
  | 'ack'
  | 'heartbeat'
  | 'subscriptions'
  | 'progress'
  | 'processing-status'
  | 'breakers'
  | 'chains'
  | 'health'
  | 'unknown';
