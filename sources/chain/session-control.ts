/** What whoever runs a session can ask of it and tell it while it lasts, and after. */
export interface ChainSessionControl {
  /** The token to resume after: everything up to it is acknowledged. What the session began with, until the first acknowledgment. */
  readonly position: string | undefined;
  /** Of the connection in hand; `undefined` while there is none. */
  readonly connectionId: string | undefined;
  /** Of the subscription in hand: another one once `onMissing` has given it. */
  readonly subscriptionId: number;
  /** The next number for a heartbeat of the client: they rise over the session, whoever sends them. */
  nextSequenceNumber(): number;
  /** The service has taken these otherwise than by the session's own calls: the position may pass them, and they are not sent again. */
  acknowledged(batchIds: readonly string[]): void;
  /** Resolves when every acknowledgment so far is with the service and the position is saved, or 5 s after the call; never rejects. */
  drain(): Promise<void>;
}

/** What a session tells whoever runs it. Called synchronously; must not throw. */
export interface ChainSessionHooks {
  /** The session begins, before anything is sent. */
  onStart?: ((control: ChainSessionControl) => void) | undefined;
  /** Where to begin, before checkpoint and `resumeToken`: for a session that goes on where another was. `undefined` leaves it to them. */
  startAt?: (() => string | undefined) | undefined;
  /** Where the session begins, once that is known, and every change. */
  onPosition?: ((position: string | undefined) => void) | undefined;
  /** A connection has been made, or is over. */
  onConnection?: ((connectionId: string | undefined) => void) | undefined;
}
