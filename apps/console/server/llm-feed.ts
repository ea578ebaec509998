import { mockLlm } from '../../../spec/servers/mock-llm.js';
import type { Feed, Refusal, RefusalStatus } from './feed.js';
import { llmAnswer } from './llm-answer.js';

/** How fast the model speaks, and how long a server lasts. */
export interface LlmFeedOptions {
  /** Silence between two pieces of an answer, in milliseconds. @default 120 */
  readonly pace?: number | undefined;
  /** Another server takes over after so many questions, because each keeps all its requests. @default 500 */
  readonly renewAt?: number | undefined;
}

type MockLlm = Awaited<ReturnType<typeof mockLlm>>;

/** Answers of a model that is not in a hurry: some text, and the call of a tool. */
export async function startLlmFeed({ pace = 120, renewAt = 500 }: LlmFeedOptions = {}): Promise<Feed> {
  let number = 0;
  let isFlooding = false;
  const start = (): Promise<MockLlm> =>
    mockLlm(() => {
      const answer = llmAnswer(number++, { pace, isFlood: isFlooding });
      isFlooding = false;
      return answer;
    });
  let server = await start();
  let last: MockLlm | undefined;
  const events = eventCounter();
  return {
    get port() {
      return server.port;
    },
    get sent() {
      return events.count;
    },
    isStream: (method) => method === 'POST',
    refusal,
    /** The next answer is the flood: the one that is under way has its pace. */
    flood: () => {
      isFlooding = true;
    },
    passed: events.feed,
    tend: async () => {
      if (server.requests.length < renewAt) return;
      // Answers that are under way end in peace; who has not finished by the time of the next change is cut off.
      await last?.close();
      last = server;
      server = await start();
    },
    close: async () => {
      await Promise.all([server.close(), last?.close()]);
    },
  };
}

/** Counts server-sent events. Answers that pass at the same time disturb each other only where an empty line is cut in two. */
function eventCounter(): { readonly count: number; feed(bytes: Uint8Array): void } {
  let count = 0;
  return {
    get count() {
      return count;
    },
    feed: (bytes) => {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n', at + 2)) count += 1;
    },
  };
}

const words = {
  429: { type: 'rate_limit_error', message: 'The console has limited the rate.' },
  503: { type: 'api_error', message: 'The console has put the model out of service.' },
} as const;

function refusal(status: RefusalStatus, path: string): Refusal {
  const error = words[status];
  return { body: /\/messages(?:$|\?)/.test(path) ? { type: 'error', error } : { error } };
}
