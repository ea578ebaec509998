/** What a compliance event says of a post. */
export interface PostSubject {
  readonly id: string;
  readonly author_id?: string | undefined;
}

/** Every event says when it happened: ISO 8601, mostly to the millisecond. */
interface Event {
  readonly event_at?: string | undefined;
}

/** A post was deleted, or must not be shown. */
export interface PostRemoval extends Event {
  readonly tweet: PostSubject;
  /** The quoting post, where only that one is meant. */
  readonly quote_tweet_id?: string | undefined;
}

/** A post must not be shown in some countries. */
export interface PostWithheld extends PostRemoval {
  /** ISO 3166-1 alpha-2. */
  readonly withheld_in_countries?: readonly string[] | undefined;
}

/** A post was edited: its successors have ids of their own. */
export interface PostEdit extends Event {
  readonly tweet: PostSubject;
  readonly initial_tweet_id?: string | undefined;
  readonly edit_tweet_ids?: readonly string[] | undefined;
}

/** What the post compliance stream tells; a compliant client does the same to its own copies. */
export interface PostComplianceEvents {
  readonly delete: PostRemoval;
  readonly drop: PostRemoval;
  readonly undrop: PostRemoval;
  readonly withheld: PostWithheld;
  readonly tweet_edit: PostEdit;
}

/** Something became of an account. */
export interface UserChange extends Event {
  readonly user: { readonly id: string };
}

/** A user must not be shown in some countries. */
export interface UserWithheld extends UserChange {
  /** ISO 3166-1 alpha-2. */
  readonly withheld_in_countries?: readonly string[] | undefined;
}

/** Places of a user's posts are to be removed. */
export interface GeoScrub extends UserChange {
  /** Places are to be removed from this post and all older ones of the user. */
  readonly up_to_tweet_id?: string | undefined;
}

/** A user has changed a field of the profile. */
export interface ProfileModification extends UserChange {
  readonly profile_field?: string | undefined;
  readonly new_value?: string | undefined;
}

/** What the user compliance stream tells. */
export interface UserComplianceEvents {
  readonly user_protect: UserChange;
  readonly user_unprotect: UserChange;
  readonly user_delete: UserChange;
  readonly user_undelete: UserChange;
  readonly user_suspend: UserChange;
  readonly user_unsuspend: UserChange;
  readonly user_withheld: UserWithheld;
  readonly scrub_geo: GeoScrub;
  readonly user_profile_modification: ProfileModification;
}

/** A like was taken back. */
export interface LikeRemoval extends Event {
  /** The post that was liked, and who liked it. */
  readonly favorite: { readonly id: string; readonly user_id?: string | undefined };
}

/** What the likes compliance stream tells. */
export interface LikesComplianceEvents {
  readonly delete: LikeRemoval;
}

interface Label extends Event {
  readonly tweet: PostSubject;
  /** `apply` or `remove`. */
  readonly application?: string | undefined;
}

/** A label that people see beside a post. */
export interface PublicNotice extends Label {
  readonly event_type?: string | undefined;
  readonly details?: string | undefined;
  readonly extended_details_url?: string | undefined;
  readonly label_title?: string | undefined;
}

/** What the post label stream tells. */
export interface PostLabelEvents {
  readonly public_tweet_notice: PublicNotice;
  readonly public_tweet_unviewable: Label;
}

/** `data` as X sends it: exactly one member, named after what happened. {@link complianceEvent} turns it round. */
export type OneEvent<Events> = { readonly [Kind in keyof Events]?: Events[Kind] | undefined };

/** One event of the post compliance stream, under the name of its kind. */
export type PostComplianceData = OneEvent<PostComplianceEvents>;
/** One event of the user compliance stream, under the name of its kind. */
export type UserComplianceData = OneEvent<UserComplianceEvents>;
/** One event of the likes compliance stream, under the name of its kind. */
export type LikesComplianceData = OneEvent<LikesComplianceEvents>;
/** One event of the label stream, under the name of its kind. */
export type PostLabelData = OneEvent<PostLabelEvents>;

/** The same as a union that a `switch` on `kind` takes apart. */
export type KindOf<Events> = {
  [Kind in keyof Events]: { readonly kind: Kind; readonly event: Events[Kind] };
}[keyof Events];

const knownKinds: readonly string[] = [
  ...['delete', 'drop', 'undrop', 'withheld', 'tweet_edit'],
  ...['user_protect', 'user_unprotect', 'user_delete', 'user_undelete', 'user_suspend', 'user_unsuspend'],
  ...['user_withheld', 'scrub_geo', 'user_profile_modification', 'public_tweet_notice', 'public_tweet_unviewable'],
];

/**
 * The one event of a compliance or label item, as a union that a `switch` on `kind` takes apart; `undefined` for a kind
 * that this version does not know.
 *
 * @example
 * import { complianceEvent, type PostComplianceEnvelope } from 'tailrace/sources/x';
 *
 * function idToDelete({ data }: PostComplianceEnvelope): string | undefined {
 *   const found = complianceEvent(data);
 *   return found?.kind === 'delete' ? found.event.tweet.id : undefined;
 * }
 */
export function complianceEvent(data: PostComplianceData): KindOf<PostComplianceEvents> | undefined;
export function complianceEvent(data: UserComplianceData): KindOf<UserComplianceEvents> | undefined;
export function complianceEvent(data: PostLabelData): KindOf<PostLabelEvents> | undefined;
export function complianceEvent(data: LikesComplianceData): KindOf<LikesComplianceEvents> | undefined;
export function complianceEvent(data: object): { kind: string; event: unknown } | undefined {
  for (const [kind, event] of Object.entries<unknown>({ ...data })) {
    if (typeof event === 'object' && event !== null && knownKinds.includes(kind)) return { kind, event };
  }
  return undefined;
}
