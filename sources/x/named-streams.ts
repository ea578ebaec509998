import type { Observable } from 'rxjs';
import type { Delivery } from '../../lib/delivery.js';
import type { XStreamName } from './endpoints.js';
import type { XItem } from './envelopes.js';
import type { XMessage } from './messages.js';
import { openXStream, type XOpenOptions } from './open-stream.js';
import type { XDeliveryOptions, XOptionsOf } from './session-options.js';
import { type XItemOptions, type XItems, xItems } from './streams.js';

type Credited<Name extends XStreamName> = XOptionsOf<Name> & XDeliveryOptions;
type Plain<Name extends XStreamName> = XOptionsOf<Name> & { maxUnacked?: undefined };

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
export function filteredStream(options: Credited<'filtered'>): Observable<Delivery<XItem<'filtered'>>>;
export function filteredStream(options: Plain<'filtered'>): Observable<XItem<'filtered'>>;
export function filteredStream(options: XItemOptions<'filtered'>): XItems<'filtered'> {
  return xItems('filtered', options);
}

/** About 1 % of all posts. See {@link xStream}. */
export function sampleStream(options: Credited<'sample'>): Observable<Delivery<XItem<'sample'>>>;
export function sampleStream(options: Plain<'sample'>): Observable<XItem<'sample'>>;
export function sampleStream(options: XItemOptions<'sample'>): XItems<'sample'> {
  return xItems('sample', options);
}

/** About 10 % of all posts, in 2 partitions. Enterprise access. See {@link xStream}. */
export function sample10Stream(options: Credited<'sample10'>): Observable<Delivery<XItem<'sample10'>>>;
export function sample10Stream(options: Plain<'sample10'>): Observable<XItem<'sample10'>>;
export function sample10Stream(options: XItemOptions<'sample10'>): XItems<'sample10'> {
  return xItems('sample10', options);
}

/** All posts, in 20 partitions. Enterprise access. See {@link xStream}. */
export function firehoseStream(options: Credited<'firehose'>): Observable<Delivery<XItem<'firehose'>>>;
export function firehoseStream(options: Plain<'firehose'>): Observable<XItem<'firehose'>>;
export function firehoseStream(options: XItemOptions<'firehose'>): XItems<'firehose'> {
  return xItems('firehose', options);
}

/** All posts in English, in 8 partitions. Enterprise access. See {@link xStream}. */
export function firehoseEnStream(options: Credited<'firehoseEn'>): Observable<Delivery<XItem<'firehoseEn'>>>;
export function firehoseEnStream(options: Plain<'firehoseEn'>): Observable<XItem<'firehoseEn'>>;
export function firehoseEnStream(options: XItemOptions<'firehoseEn'>): XItems<'firehoseEn'> {
  return xItems('firehoseEn', options);
}

/** All posts in Japanese, in 2 partitions. Enterprise access. See {@link xStream}. */
export function firehoseJaStream(options: Credited<'firehoseJa'>): Observable<Delivery<XItem<'firehoseJa'>>>;
export function firehoseJaStream(options: Plain<'firehoseJa'>): Observable<XItem<'firehoseJa'>>;
export function firehoseJaStream(options: XItemOptions<'firehoseJa'>): XItems<'firehoseJa'> {
  return xItems('firehoseJa', options);
}

/** All posts in Korean, in 2 partitions. Enterprise access. See {@link xStream}. */
export function firehoseKoStream(options: Credited<'firehoseKo'>): Observable<Delivery<XItem<'firehoseKo'>>>;
export function firehoseKoStream(options: Plain<'firehoseKo'>): Observable<XItem<'firehoseKo'>>;
export function firehoseKoStream(options: XItemOptions<'firehoseKo'>): XItems<'firehoseKo'> {
  return xItems('firehoseKo', options);
}

/** All posts in Portuguese, in 2 partitions. Enterprise access. See {@link xStream}. */
export function firehosePtStream(options: Credited<'firehosePt'>): Observable<Delivery<XItem<'firehosePt'>>>;
export function firehosePtStream(options: Plain<'firehosePt'>): Observable<XItem<'firehosePt'>>;
export function firehosePtStream(options: XItemOptions<'firehosePt'>): XItems<'firehosePt'> {
  return xItems('firehosePt', options);
}

/** All likes, in 20 partitions. Enterprise access. See {@link xStream}. */
export function likesFirehoseStream(options: Credited<'likesFirehose'>): Observable<Delivery<XItem<'likesFirehose'>>>;
export function likesFirehoseStream(options: Plain<'likesFirehose'>): Observable<XItem<'likesFirehose'>>;
export function likesFirehoseStream(options: XItemOptions<'likesFirehose'>): XItems<'likesFirehose'> {
  return xItems('likesFirehose', options);
}

/** About 10 % of all likes, in 2 partitions. Enterprise access. See {@link xStream}. */
export function likesSample10Stream(options: Credited<'likesSample10'>): Observable<Delivery<XItem<'likesSample10'>>>;
export function likesSample10Stream(options: Plain<'likesSample10'>): Observable<XItem<'likesSample10'>>;
export function likesSample10Stream(options: XItemOptions<'likesSample10'>): XItems<'likesSample10'> {
  return xItems('likesSample10', options);
}

/** What must be done to stored posts, in 4 partitions: delete, withhold, edit. Enterprise access. See {@link xStream}. */
export function postComplianceStream(
  options: Credited<'postCompliance'>,
): Observable<Delivery<XItem<'postCompliance'>>>;
export function postComplianceStream(options: Plain<'postCompliance'>): Observable<XItem<'postCompliance'>>;
export function postComplianceStream(options: XItemOptions<'postCompliance'>): XItems<'postCompliance'> {
  return xItems('postCompliance', options);
}

/** What must be done to stored users, in 4 partitions. Enterprise access. See {@link xStream}. */
export function userComplianceStream(
  options: Credited<'userCompliance'>,
): Observable<Delivery<XItem<'userCompliance'>>>;
export function userComplianceStream(options: Plain<'userCompliance'>): Observable<XItem<'userCompliance'>>;
export function userComplianceStream(options: XItemOptions<'userCompliance'>): XItems<'userCompliance'> {
  return xItems('userCompliance', options);
}

/** Likes that were taken back. Enterprise access. See {@link xStream}. */
export function likesComplianceStream(
  options: Credited<'likesCompliance'>,
): Observable<Delivery<XItem<'likesCompliance'>>>;
export function likesComplianceStream(options: Plain<'likesCompliance'>): Observable<XItem<'likesCompliance'>>;
export function likesComplianceStream(options: XItemOptions<'likesCompliance'>): XItems<'likesCompliance'> {
  return xItems('likesCompliance', options);
}

/** Labels that were put on posts or taken from them. Enterprise access. See {@link xStream}. */
export function postLabelsStream(options: Credited<'postLabels'>): Observable<Delivery<XItem<'postLabels'>>>;
export function postLabelsStream(options: Plain<'postLabels'>): Observable<XItem<'postLabels'>>;
export function postLabelsStream(options: XItemOptions<'postLabels'>): XItems<'postLabels'> {
  return xItems('postLabels', options);
}

/** What the app has subscribed to with `createActivitySubscription`: profiles, follows, posts, likes. See {@link xStream}. */
export function activityStream(options: Credited<'activity'>): Observable<Delivery<XItem<'activity'>>>;
export function activityStream(options: Plain<'activity'>): Observable<XItem<'activity'>>;
export function activityStream(options: XItemOptions<'activity'>): XItems<'activity'> {
  return xItems('activity', options);
}

/** Posts in the older native format, by the rules of Powerstream. Enterprise access; documented, not in X's OpenAPI description. See {@link xStream}. */
export function powerstream(options: Credited<'powerstream'>): Observable<Delivery<XItem<'powerstream'>>>;
export function powerstream(options: Plain<'powerstream'>): Observable<XItem<'powerstream'>>;
export function powerstream(options: XItemOptions<'powerstream'>): XItems<'powerstream'> {
  return xItems('powerstream', options);
}
