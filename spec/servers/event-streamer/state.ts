import type { AbiEvent } from '../../../sources/chain/abi.js';
import type { Range } from './places.js';

/** A subscription as the service keeps it, under the wire's names. */
export interface StoredSubscription {
  readonly id: number;
  readonly subscriber_id: string;
  topic0: string;
  event_signature: AbiEvent;
  addresses: readonly string[];
  start_block: number;
  end_block: number | null;
  chain_id: number;
  /** Every event up to here has been sent to somebody. */
  last_processed_block: number | null;
  is_streaming: boolean;
  streaming_status: string;
  /** After the last batch below which everything is acknowledged. */
  resume_token: string | null;
  last_event_id: string | null;
  events_delivered: number;
  readonly created_at: string;
  updated_at: string;
  /** Not on the wire: which parts of the chain the subscriber has acknowledged. */
  acknowledged: readonly Range[];
}

/** A configured chain: whatever it was created with. */
export interface StoredChain {
  readonly chain_id: number;
  readonly name: string;
  /** `false` once it was deleted: the service only deactivates. */
  readonly active: boolean;
  readonly config: Readonly<Record<string, unknown>>;
}

export type BreakerState = 'closed' | 'open' | 'half_open';

/** One circuit breaker, under the wire's names. */
export interface StoredBreaker {
  readonly name: string;
  readonly chain_id: number;
  readonly kind: 'historical' | 'live';
  state: BreakerState;
  failure_count: number;
  success_count: number;
  consecutive_failures: number;
  consecutive_successes: number;
  half_open_calls: number;
  last_failure_time: string | null;
  last_success_time: string | null;
  state_transitions: number;
}

/** What the service has on disk: hand it to the next server, and that one goes on where this one was killed. Plain data. */
export interface ServiceState {
  nextSubscription: number;
  subscriptions: StoredSubscription[];
  /** Tokens of an earlier generation have expired. */
  tokenGeneration: number;
  chains: StoredChain[];
  breakers: StoredBreaker[];
}

/** A service that has never been used. */
export function newServiceState(): ServiceState {
  return { nextSubscription: 1, subscriptions: [], tokenGeneration: 1, chains: [], breakers: [] };
}

export function findSubscription(state: ServiceState, id: number): StoredSubscription | undefined {
  return state.subscriptions.find((subscription) => subscription.id === id);
}
