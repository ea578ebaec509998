import type { Observable } from 'rxjs';
import type { XItem } from './envelopes.js';
import type { XMessage } from './messages.js';
import { openXStream, type XOpenOptions } from './open-stream.js';
import type { XOptionsOf } from './session-options.js';
import { xStream } from './streams.js';

/**
 * One connection to the filtered stream, as messages, nothing retried; {@link openXStream} does the same for every stream.
 *
 * Errors: every `errorType`, codes of `XErrorCode`.
 */
export function openFilteredStream(options: XOpenOptions<'filtered'>): Observable<XMessage> {
  return openXStream('filtered', options);
}

/**
 * Posts that match the rules of the app, kept going; see {@link xStream}. Set the rules with `reconcileRules`.
 *
 * @example
 * import { filteredStream } from 'tailrace/sources/x';
 *
 * filteredStream({ bearerToken: 'AAAA', tweetFields: ['created_at'], maxRetries: -1 }).subscribe({
 *   next: ({ data, matching_rules }) => console.log(data.id, matching_rules),
 *   error: (error) => console.error(error),
 * });
 */
export function filteredStream(options: XOptionsOf<'filtered'>): Observable<XItem<'filtered'>> {
  return xStream('filtered', options);
}

/** About 1 % of all posts. See {@link xStream}. */
export function sampleStream(options: XOptionsOf<'sample'>): Observable<XItem<'sample'>> {
  return xStream('sample', options);
}

/** About 10 % of all posts, in 2 partitions. Enterprise access. See {@link xStream}. */
export function sample10Stream(options: XOptionsOf<'sample10'>): Observable<XItem<'sample10'>> {
  return xStream('sample10', options);
}

/** All posts, in 20 partitions. Enterprise access. See {@link xStream}. */
export function firehoseStream(options: XOptionsOf<'firehose'>): Observable<XItem<'firehose'>> {
  return xStream('firehose', options);
}

/** All posts in English, in 8 partitions. Enterprise access. See {@link xStream}. */
export function firehoseEnStream(options: XOptionsOf<'firehoseEn'>): Observable<XItem<'firehoseEn'>> {
  return xStream('firehoseEn', options);
}

/** All posts in Japanese, in 2 partitions. Enterprise access. See {@link xStream}. */
export function firehoseJaStream(options: XOptionsOf<'firehoseJa'>): Observable<XItem<'firehoseJa'>> {
  return xStream('firehoseJa', options);
}

/** All posts in Korean, in 2 partitions. Enterprise access. See {@link xStream}. */
export function firehoseKoStream(options: XOptionsOf<'firehoseKo'>): Observable<XItem<'firehoseKo'>> {
  return xStream('firehoseKo', options);
}

/** All posts in Portuguese, in 2 partitions. Enterprise access. See {@link xStream}. */
export function firehosePtStream(options: XOptionsOf<'firehosePt'>): Observable<XItem<'firehosePt'>> {
  return xStream('firehosePt', options);
}

/** All likes, in 20 partitions. Enterprise access. See {@link xStream}. */
export function likesFirehoseStream(options: XOptionsOf<'likesFirehose'>): Observable<XItem<'likesFirehose'>> {
  return xStream('likesFirehose', options);
}

/** About 10 % of all likes, in 2 partitions. Enterprise access. See {@link xStream}. */
export function likesSample10Stream(options: XOptionsOf<'likesSample10'>): Observable<XItem<'likesSample10'>> {
  return xStream('likesSample10', options);
}

/** What must be done to stored posts, in 4 partitions: delete, withhold, edit. Enterprise access. See {@link xStream}. */
export function postComplianceStream(options: XOptionsOf<'postCompliance'>): Observable<XItem<'postCompliance'>> {
  return xStream('postCompliance', options);
}

/** What must be done to stored users, in 4 partitions. Enterprise access. See {@link xStream}. */
export function userComplianceStream(options: XOptionsOf<'userCompliance'>): Observable<XItem<'userCompliance'>> {
  return xStream('userCompliance', options);
}

/** Likes that were taken back. Enterprise access. See {@link xStream}. */
export function likesComplianceStream(options: XOptionsOf<'likesCompliance'>): Observable<XItem<'likesCompliance'>> {
  return xStream('likesCompliance', options);
}

/** Labels that were put on posts or taken from them. Enterprise access. See {@link xStream}. */
export function postLabelsStream(options: XOptionsOf<'postLabels'>): Observable<XItem<'postLabels'>> {
  return xStream('postLabels', options);
}

/** What the app has subscribed to with `createActivitySubscription`: profiles, follows, posts, likes. See {@link xStream}. */
export function activityStream(options: XOptionsOf<'activity'>): Observable<XItem<'activity'>> {
  return xStream('activity', options);
}

/** Posts in the older native format, by the rules of Powerstream. Enterprise access; documented, not in X's OpenAPI description. See {@link xStream}. */
export function powerstream(options: XOptionsOf<'powerstream'>): Observable<XItem<'powerstream'>> {
  return xStream('powerstream', options);
}
