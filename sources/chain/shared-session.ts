import {
  BehaviorSubject,
  defer,
  distinctUntilChanged,
  filter,
  from,
  merge,
  mergeMap,
  NEVER,
  noop,
  Observable,
  Subject,
  type Subscriber,
  Subscription,
  takeUntil,
} from 'rxjs';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import type { ChainMessage } from './messages.js';
import type { ChainService } from './service.js';
import { chainSession } from './session.js';
import type { ChainSessionControl } from './session-control.js';
import type { ChainStreamOptions } from './stream-options.js';

/** What the sessions of one handle are made of. */
export interface SharedParts {
  readonly client: ChainService;
  readonly subscriptionId: number;
  readonly options: ChainStreamOptions;
  /** Stops all that is open. */
  readonly until?: Observable<unknown> | undefined;
}

/** One session for all subscribers, begun with the first and ended with the last. */
export interface SharedSession {
  readonly isRunning: boolean;
  /** Of the session that runs; `undefined` while there is none. */
  readonly control: ChainSessionControl | undefined;
  /** In hand: another one once `onMissing` has given it. */
  readonly subscriptionId: number;
  readonly position: string | undefined;
  readonly position$: Observable<string>;
  /** One value when all is stopped. */
  readonly stopped$: Observable<unknown>;
  /** `batches`: whoever subscribes answers for the batches among the messages. `signs`: for the rest alone. */
  messages(takes: 'batches' | 'signs'): Observable<ChainMessage>;
  /** What follows is what comes after this token. */
  resume(token: string): void;
  /** Completes all subscribers, and resolves when the last acknowledgments are sent. */
  stop(): Promise<void>;
}

interface Member {
  readonly subscriber: Subscriber<ChainMessage>;
  readonly takes: 'batches' | 'signs';
  left: boolean;
}

interface Session {
  readonly scope: Subscription;
  control: ChainSessionControl | undefined;
  /** A batch has passed that nobody answers for. */
  hasUntaken: boolean;
}

interface Hub {
  readonly parts: SharedParts;
  members: readonly Member[];
  /** The one that runs. */
  session: Session | undefined;
  /** The one whose positions count: the last that has begun, also when it is over and its last acknowledgments are under way. */
  heard: Session | undefined;
  subscriptionId: number;
  /** Where the next session begins. A token belongs to one subscription. */
  place: { readonly token: string; readonly subscriptionId: number } | undefined;
  readonly positions: BehaviorSubject<string | undefined>;
  /** Last acknowledgments under way. Never rejects. */
  draining: Promise<unknown> | undefined;
  readonly stopped: Subject<void>;
}

/**
 * Whoever subscribes while a session runs gets what comes from then on. A session that follows another begins when that one's last acknowledgments
 * are through, or after 5 s, at the position that this has led to.
 *
 * A batch is acknowledged when everyone's `next` has returned and someone who answers for batches is still there. One that nobody answers for stays
 * unacknowledged, and comes again in a new session as soon as somebody does.
 */
export function sharedSession(parts: SharedParts): SharedSession {
  const { subscriptionId, options, until = NEVER } = parts;
  const hub: Hub = {
    ...{ parts, subscriptionId, members: [], session: undefined, heard: undefined, place: undefined },
    ...{ positions: new BehaviorSubject(options.resumeToken), draining: undefined, stopped: new Subject() },
  };
  const stopped$ = merge(hub.stopped, until.pipe(mergeMap(() => stop(hub))));
  return {
    get isRunning() {
      return hub.session !== undefined;
    },
    get control() {
      return hub.session?.control;
    },
    get subscriptionId() {
      return hub.session?.control?.subscriptionId ?? hub.subscriptionId;
    },
    get position() {
      return hub.positions.value;
    },
    position$: hub.positions.pipe(
      filter((position) => position !== undefined),
      distinctUntilChanged(),
      takeUntil(stopped$),
    ),
    stopped$,
    messages: (takes) => new Observable((subscriber) => join(hub, { subscriber, takes, left: false })),
    resume: (token) => {
      const isRunning = hub.session !== undefined;
      end(hub);
      // What the old session still says of its position was before this.
      hub.heard = undefined;
      moveTo(hub, token, hub.subscriptionId);
      if (isRunning) begin(hub);
    },
    stop: () => stop(hub),
  };
}

function join(hub: Hub, member: Member): void {
  hub.members = [...hub.members, member];
  member.subscriber.add(() => leave(hub, member));
  if (hub.session === undefined) begin(hub);
  else if (member.takes === 'batches' && hub.session.hasUntaken) restart(hub);
}

function leave(hub: Hub, member: Member): void {
  member.left = true;
  if (!hub.members.includes(member)) return;
  hub.members = hub.members.filter((other) => other !== member);
  if (hub.members.length === 0) end(hub);
}

function begin(hub: Hub): void {
  const session: Session = { scope: new Subscription(), control: undefined, hasUntaken: false };
  hub.session = session;
  const { draining, parts } = hub;
  const opened = defer(() => openSession(hub, session));
  const waited = draining === undefined ? opened : from(draining).pipe(mergeMap(() => opened));
  session.scope.add(parts.until?.subscribe({ next: () => void stop(hub), error: noop }));
  subscribeWithin(waited, session.scope, {
    next: (message) => dispatch(hub, session, message),
    error: (error) => finish(hub, ({ subscriber }) => subscriber.error(error)),
    complete: () => finish(hub, ({ subscriber }) => subscriber.complete()),
  });
}

function openSession(hub: Hub, session: Session): Observable<ChainMessage> {
  const { client, options, subscriptionId: first } = hub.parts;
  const { subscriptionId: id } = hub;
  hub.heard = session;
  // The token that was given is that of the first subscription.
  const resumeToken = id === first ? options.resumeToken : undefined;
  // Who answers for a batch is known here and not to the session.
  const own = { ...options, resumeToken, acknowledge: 'manual' } as const;
  return chainSession(client, id, own, {
    onStart: (control) => {
      session.control = control;
    },
    startAt: () => (hub.place?.subscriptionId === id ? hub.place.token : undefined),
    onPosition: (position) => {
      if (hub.heard !== session || position === undefined) return;
      moveTo(hub, position, session.control?.subscriptionId ?? id);
    },
  });
}

function moveTo(hub: Hub, token: string, subscriptionId: number): void {
  hub.place = { token, subscriptionId };
  hub.positions.next(token);
}

function dispatch(hub: Hub, session: Session, message: ChainMessage): void {
  const audience = hub.members;
  for (const { subscriber } of audience) subscriber.next(message);
  if (message.type !== 'event_batch') return;
  // Not by who is there now: a consumer that failed at this batch and came back has not handled it.
  if (audience.some(({ takes, left }) => takes === 'batches' && !left)) {
    if (hub.parts.options.acknowledge !== 'manual') message.ack();
    return;
  }
  session.hasUntaken = true;
  if (hub.session === session && hub.members.some(({ takes }) => takes === 'batches')) restart(hub);
}

function restart(hub: Hub): void {
  end(hub);
  begin(hub);
}

/** The session has ended by itself. State first: whoever hears of it may come back at once. */
function finish(hub: Hub, say: (member: Member) => void): void {
  const { members } = hub;
  hub.members = [];
  end(hub);
  for (const member of members) say(member);
}

function end(hub: Hub): void {
  const { session } = hub;
  if (session === undefined) return;
  hub.session = undefined;
  session.scope.unsubscribe();
  const { control } = session;
  if (control === undefined) return;
  hub.subscriptionId = control.subscriptionId;
  const draining = Promise.all([hub.draining, control.drain()]).then(() => {
    if (hub.draining === draining) hub.draining = undefined;
  });
  hub.draining = draining;
}

async function stop(hub: Hub): Promise<void> {
  finish(hub, ({ subscriber }) => subscriber.complete());
  await hub.draining;
  hub.stopped.next();
}
