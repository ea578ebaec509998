import type { ChainMessage, EventBatch } from '../../../sources/chain/messages.js';
import type { ChainNotice } from '../../../sources/chain/notices.js';
import { chainSession } from '../../../sources/chain/session.js';
import type { ChainSessionControl } from '../../../sources/chain/session-control.js';
import type { ChainStreamOptions } from '../../../sources/chain/stream-options.js';
import { watch, type Watched } from '../x/watch.js';
import { type VirtualService, virtualService } from './virtual-service.js';

/** A session under watch. */
export interface BegunSession {
  readonly service: VirtualService;
  readonly watched: Watched<ChainMessage>;
  readonly notices: ChainNotice[];
  readonly positions: (string | undefined)[];
  readonly connections: (string | undefined)[];
  readonly control: ChainSessionControl;
  readonly batches: () => EventBatch[];
  readonly types: () => string[];
}

/** Waits that are exact. */
const quick = { initialBackoff: 10, maxBackoff: 10, jitter: false } as const;

/** Begins a session of subscription 7. */
export async function begin(
  options: ChainStreamOptions = {},
  service: VirtualService = virtualService(),
): Promise<BegunSession> {
  const notices: ChainNotice[] = [];
  const positions: (string | undefined)[] = [];
  const connections: (string | undefined)[] = [];
  const controls: ChainSessionControl[] = [];
  const { scheduler } = service;
  const own = { ...quick, scheduler, onNotice: (notice: ChainNotice) => void notices.push(notice) };
  const session = chainSession(
    service.client,
    7,
    { ...own, ...options },
    {
      onStart: (control) => void controls.push(control),
      onPosition: (position) => void positions.push(position),
      onConnection: (id) => void connections.push(id),
    },
  );
  const watched = watch(session);
  await service.run();
  const [control] = controls;
  if (control === undefined) throw new Error('the session has not begun');
  const batches = (): EventBatch[] =>
    watched.values.filter((message): message is EventBatch => message.type === 'event_batch');
  const types = (): string[] => watched.values.map(({ type }) => type);
  return { service, watched, notices, positions, connections, control, batches, types };
}
