import type { StreamEndpoint } from './endpoints.js';
import { digits, mulberry32 } from './random.js';

/** One connection as /2/connections lists it. */
export interface XConnection {
  readonly id: string;
  readonly endpoint_name: string;
  readonly connected_at: string;
  readonly client_ip: string;
  readonly disconnected_at?: string;
  readonly disconnect_reason?: string;
}

/** A connection's place in the list, held by whoever serves it. */
export interface Registration {
  readonly id: string;
  /** The client is gone, or was sent away. */
  close(reason: string): void;
}

export interface ConnectionList {
  /** How many count against the limit of a stream (of a partition, of recovery jobs): zombies included. */
  count(share: string): number;
  open(endpoint: StreamEndpoint, share: string, clientIp: string, kill: () => void): Registration;
  list(): readonly XConnection[];
  /** Ends those chosen, and forgets their zombies. Returns the ids that were active. */
  kill(choose: (connection: XConnection) => boolean): readonly string[];
  /** For how long a connection whose client has gone still counts, in milliseconds. */
  setZombieTime(ms: number): void;
}

interface Entry {
  connection: XConnection;
  readonly share: string;
  readonly kill: () => void;
  /** It counts as active until then. */
  until: number;
}

/** A server notices late that a client has gone; that is why X answers TooManyConnections to the first reconnect. */
export function connectionList(now: () => number): ConnectionList {
  const entries: Entry[] = [];
  const random = mulberry32(7);
  let zombieMs = 0;
  const isActive = (entry: Entry): boolean => entry.until > now();
  const retire = (entry: Entry, reason: string, until: number): void => {
    if (entry.connection.disconnected_at !== undefined) return;
    entry.until = until;
    entry.connection = {
      ...entry.connection,
      disconnected_at: new Date(now()).toISOString(),
      disconnect_reason: reason,
    };
  };

  return {
    count: (share) => entries.filter((entry) => entry.share === share && isActive(entry)).length,
    open(endpoint, share, clientIp, kill) {
      const connection = {
        id: digits(random, 19),
        endpoint_name: endpoint.name,
        connected_at: new Date(now()).toISOString(),
        client_ip: clientIp,
      };
      const entry: Entry = { connection, share, kill, until: Infinity };
      if (entries.push(entry) > 10_000) entries.shift();
      return { id: connection.id, close: (reason) => retire(entry, reason, now() + zombieMs) };
    },
    // A zombie is still listed as active: the server does not know better.
    list: () =>
      entries.map((entry) => {
        const { disconnected_at: at, disconnect_reason: reason, ...open } = entry.connection;
        return isActive(entry) || at === undefined
          ? open
          : { ...open, disconnected_at: at, disconnect_reason: reason ?? '' };
      }),
    kill(choose) {
      const chosen = entries.filter((entry) => isActive(entry) && choose(entry.connection));
      for (const entry of chosen) {
        retire(entry, 'operator_disconnect', now());
        entry.until = now();
        entry.kill();
      }
      return chosen.map((entry) => entry.connection.id);
    },
    setZombieTime: (ms) => {
      zombieMs = ms;
    },
  };
}
