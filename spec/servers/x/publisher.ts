import type { ActivityEvent } from './activity.js';
import type { Channel } from './endpoints.js';
import { startFlow, type Flow, type FlowOptions } from './flow.js';
import type { History, Item } from './history.js';
import type { XEntry, XPost } from './post-shape.js';
import type { RuleBook } from './rules.js';
import { snowflake } from './snowflake.js';
import type { Streams } from './streams.js';

/** Puts things into the streams. */
export interface Publisher {
  /** Ids of all posts published, in order. */
  readonly published: readonly string[];
  /** Ids of those that a rule matched when they were published. */
  readonly matched: readonly string[];
  /** A post, alone or with what its expansions can reach. */
  publish(post: XPost | XEntry): void;
  /** An activity event; reaches streams where a subscription fits it. */
  publishActivity(event: ActivityEvent): void;
  /** The `data` of any other kind of stream. `key` decides the partition. @default a fresh id */
  publishEvent(channel: Exclude<Channel, 'post' | 'activity'>, data: object, key?: string): void;
  /** Publishes generated posts at a rate until stopped. */
  flow(options: FlowOptions): Flow;
  /** Stops all flows. */
  stop(): void;
}

export interface PublisherOptions {
  readonly now: () => number;
  readonly history: History;
  readonly rules: RuleBook;
  readonly streams: Streams;
}

export function createPublisher({ now, history, rules, streams }: PublisherOptions): Publisher {
  const published: string[] = [];
  const matched: string[] = [];
  const flows = new Set<Flow>();
  const nextId = snowflake(now);
  const deliver = (item: Item): void => {
    history.add(item);
    streams.deliver(item);
  };
  const publish = (post: XPost | XEntry): void => {
    const entry = complete('data' in post ? post : { data: post, includes: {} }, now());
    published.push(entry.data.id);
    if (rules.matching(entry).length > 0) matched.push(entry.data.id);
    deliver({ at: now(), key: entry.data.id, channel: 'post', entry });
  };
  return {
    published,
    matched,
    publish,
    publishActivity(event) {
      const uuid = event.event_uuid ?? nextId();
      deliver({ at: now(), key: uuid, channel: 'activity', event: { ...event, event_uuid: uuid } });
    },
    publishEvent: (channel, data, key = nextId()) => deliver({ at: now(), key, channel, data }),
    flow(options) {
      const flow = startFlow(options, now, publish);
      flows.add(flow);
      return flow;
    },
    stop() {
      for (const flow of flows) flow.stop();
    },
  };
}

function complete({ data: { id, text, ...rest }, includes }: XEntry, now: number): XEntry {
  const defaults = { edit_history_tweet_ids: [id], created_at: new Date(now).toISOString() };
  return { data: { id, text, ...defaults, ...rest }, includes };
}
