import { Injectable } from '@angular/core';
import { catchError, defer, EMPTY, map, type Observable, repeat } from 'rxjs';
import { readGate } from 'tailrace';
import { deliver } from 'tailrace/operators';
import { anthropicMessages, type AssembledBlock, type AssembledMessage, snapshots } from 'tailrace/sources/llm';
import { demoRetry, demoSilence } from './demo-retry.js';
import { type FeedContext, type LiveFeed, liveFeed } from './live-feed.js';

/** A block of the answer as far as it has come. */
interface AnswerBlock {
  readonly id: string;
  readonly kind: 'text' | 'thinking' | 'tool';
  /** Of the tool. */
  readonly name: string;
  /** The text, or the arguments of the tool as JSON. */
  readonly text: string;
}

/** An answer as far as it has come. */
export interface Answer {
  readonly blocks: readonly AnswerBlock[];
  readonly isComplete: boolean;
  readonly outputTokens: number | undefined;
}

interface Progress extends Answer {
  readonly at: number;
}

const nothing: Answer = { blocks: [], isComplete: false, outputTokens: undefined };
/** The next question comes so many milliseconds after the last answer. */
const breath = 1_000;
/** Failures of one question are counted together, so that waits grow where other streams begin anew; in milliseconds. */
const longestWait = 2_000;
const body = {
  model: 'demo',
  max_tokens: 1_024,
  messages: [{ role: 'user', content: 'How much is 42 times 17? Use the calculator.' }],
};

/** Answers of a model, one after the other, as they grow. */
@Injectable({ providedIn: 'root' })
export class LlmFeed {
  readonly feed: LiveFeed<Answer> = liveFeed<Progress, Answer>({
    name: 'llm',
    maxUnacked: 16,
    open: openAnswers,
    madeAt: ({ at }) => at,
    initialValue: nothing,
    // The answer before stays until there is something of the next one: an empty box would only flicker.
    reduce: (shown, next) => (next.blocks.length === 0 ? shown : next),
  });
}

function openAnswers({ place, monitor, maxUnacked, pace }: FeedContext): Observable<Progress> {
  const { url: baseUrl, token: apiKey = 'local' } = place;
  const clocks = { connect: 5_000, firstContent: 5_000, idleBytes: demoSilence, idleContent: demoSilence };
  return defer(() => {
    const gate = readGate();
    // A broken answer is asked for again: this model has no memory, and nobody pays.
    const call = { body, apiKey, baseUrl, clocks, gate, monitor } as const;
    const options = { ...demoRetry, maxBackoff: longestWait, ...call, onInterrupted: 'restart' } as const;
    return anthropicMessages(options).pipe(
      deliver({ maxUnacked, gate, monitor }),
      pace.taken(),
      snapshots('anthropic'),
      map((message) => ({ ...answerOf(message), at: Date.now() })),
    );
  }).pipe(
    // What cannot be cured by asking again the monitor has told; the next question is a new one.
    catchError(() => EMPTY),
    repeat({ delay: breath }),
  );
}

function answerOf({ blocks, isComplete, usage }: AssembledMessage): Answer {
  return { blocks: blocks.map(blockOf), isComplete, outputTokens: usage?.outputTokens };
}

function blockOf(block: AssembledBlock): AnswerBlock {
  const { key: id } = block;
  switch (block.type) {
    case 'text':
    case 'refusal':
      return { id, kind: 'text', name: '', text: block.text };
    case 'thinking':
      return { id, kind: 'thinking', name: '', text: block.text };
    case 'tool':
      return { id, kind: 'tool', name: block.name, text: block.raw };
    case 'serverTool':
      return { id, kind: 'tool', name: block.name, text: '' };
  }
}
