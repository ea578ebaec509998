import type { LlmSummary } from './reporter.js';

/** What the model was made to say against what came, in words. */
export interface WordCount {
  /** One answer, of which nothing more will come. */
  answer(said: string, received: string): void;
  /** Something that the answers were made of: a retry, a tool that ran. */
  event(kind: 'reconnects' | 'tools' | 'stalls' | 'restarts' | 'resumes'): void;
  readonly summary: LlmSummary;
}

/** Nothing has come yet. */
export function wordCount(): WordCount {
  const counts = { sent: 0, received: 0, lost: 0, duplicates: 0, answers: 0 };
  const events = { reconnects: 0, tools: 0, stalls: 0, restarts: 0, resumes: 0 };
  return {
    answer: (said, received) => {
      const [wanted, came] = [wordsOf(said), wordsOf(received)];
      const missing = without(wanted, came);
      counts.answers += 1;
      counts.sent += wanted.length;
      counts.received += wanted.length - missing.length;
      // All words in another order, or with other spaces between, are not what was said either.
      counts.lost += missing.length === 0 && wanted.length === came.length && said !== received ? 1 : missing.length;
      counts.duplicates += without(came, wanted).length;
    },
    event: (kind) => {
      events[kind] += 1;
    },
    get summary() {
      return { ...counts, ...events };
    },
  };
}

function wordsOf(text: string): readonly string[] {
  return text.match(/\S+/g) ?? [];
}

/** The words of the first list that the second one has not, or not so often. */
function without(words: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return words.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
