import { recordOf } from '../../lib/problem.js';
import type { PostEnvelope } from '../../sources/x/index.js';

/** What the worker tells its parent: its counts so far, with a post when it has handled one. */
export interface WorkerReport extends WorkerCounts {
  readonly post: PostEnvelope | undefined;
}

export interface WorkerCounts {
  readonly acked: number;
  readonly maxOutstanding: number;
  /** Posts that came twice and were removed. */
  readonly duplicates: number;
  readonly connects: number;
}

/** The same as it arrives. */
export interface ReadReport {
  readonly post: { readonly id: string; readonly text: string; readonly item: object } | undefined;
  readonly counts: WorkerCounts;
}

/** What has come from the other process is checked as what comes from anywhere. */
export function readReport(message: unknown): ReadReport {
  const { post, acked, maxOutstanding, duplicates, connects } = recordOf(message) ?? {};
  const item = recordOf(post);
  const { id, text } = recordOf(item?.['data']) ?? {};
  const isPost = item !== undefined && typeof id === 'string';
  return {
    post: isPost ? { id, text: typeof text === 'string' ? text : '', item } : undefined,
    counts: {
      acked: countOf(acked),
      maxOutstanding: countOf(maxOutstanding),
      duplicates: countOf(duplicates),
      connects: countOf(connects),
    },
  };
}

function countOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
