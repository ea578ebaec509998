/** Something about a stream of events that is no error and should not go unseen. */
export interface ChainNotice {
  /**
   * `position_lost`: the token was refused, and the stream goes on from somewhere else. `ack_failed`: acknowledgments did not go through and are
   * sent again. `ack_refused`: the service does not know a batch of an earlier connection; its acknowledgment is given up. `checkpoint_failed`: the
   * store has refused the position. `subscription_replaced`: `onMissing` has given another subscription.
   */
  readonly kind: 'position_lost' | 'ack_failed' | 'ack_refused' | 'checkpoint_failed' | 'subscription_replaced';
  /** In words; never a token. */
  readonly message: string;
  readonly cause?: unknown;
}
