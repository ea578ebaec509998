import { afterEach } from '@jest/globals';
import { type ChainService, chainService, type EventStreamerOptions } from '../../../sources/chain/service.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { jsonAnswer, type Script } from '../../servers/origin-steps.js';

/** A service that says what its script says, and the way to it. */
export interface ScriptedService {
  readonly client: ChainService;
  readonly options: EventStreamerOptions;
  readonly origin: Origin;
  /** Method, path, query and parsed body of every request so far. */
  sent(): readonly { readonly line: string; readonly body: unknown }[];
}

/** Starts scripted services, and closes them after each test. */
export function scriptedServices(): (
  script: Script,
  options?: Partial<EventStreamerOptions>,
) => Promise<ScriptedService> {
  const open: Origin[] = [];
  afterEach(async () => {
    for (const origin of open.splice(0)) await origin.close();
  });
  return async (script, more = {}) => {
    const origin = await startOrigin(script);
    open.push(origin);
    const options = { serviceUrl: `${origin.url}/api-root/`, subscriberId: 'my app', random: () => 0, ...more };
    const sent: ScriptedService['sent'] = () =>
      origin.requests.map(({ method, path, body }) => {
        const parsed: unknown = body.length === 0 ? undefined : JSON.parse(body);
        return { line: `${method} ${path.replace('/api-root', '')}`, body: parsed };
      });
    return { client: chainService('test', options), options, origin, sent };
  };
}

/** One JSON answer to every request. */
export function always(status: number, body: unknown): Script {
  return [[jsonAnswer(status, body)]];
}
