/** Every value that X's description lists, by parameter. An unlisted value is a 400. */
const listed = {
  'tweet.fields':
    'article attachments author_id card_uri community_id context_annotations conversation_id created_at ' +
    'display_text_range edit_controls edit_history_tweet_ids entities geo id in_reply_to_user_id lang ' +
    'matched_media_notes media_metadata non_public_metrics note_request_suggestions note_tweet organic_metrics ' +
    'paid_partnership possibly_sensitive promoted_metrics public_metrics referenced_tweets reply_settings scopes ' +
    'source suggested_source_links suggested_source_links_with_counts text withheld',
  expansions:
    'article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet ' +
    'attachments.poll_ids author_id edit_history_tweet_ids entities.mentions.username geo.place_id ' +
    'in_reply_to_user_id entities.note.mentions.username referenced_tweets.id ' +
    'referenced_tweets.id.attachments.media_keys referenced_tweets.id.author_id',
  'media.fields':
    'alt_text duration_ms height media_key non_public_metrics organic_metrics preview_image_url promoted_metrics ' +
    'public_metrics type url variants width',
  'poll.fields': 'duration_minutes end_datetime id options voting_status',
  'user.fields':
    'affiliation confirmed_email connection_status created_at description entities id is_identity_verified location ' +
    'most_recent_tweet_id name parody pinned_tweet_id profile_banner_url profile_image_url protected public_metrics ' +
    'receives_your_dm subscription subscription_type url username verified verified_followers_count verified_type withheld',
  'place.fields': 'contained_within country country_code full_name geo id name place_type',
  'like_with_tweet_author.fields':
    'attachments_media_keys created_at id liked_tweet_author_id liked_tweet_id timestamp_ms',
} as const;

const likeExpansions = 'attachments.media_keys liked_tweet_author_id liked_tweet_id';

/** The list parameters that a stream takes, with their values. */
export type ListedFields = ReadonlyMap<string, ReadonlySet<string>>;

const postFields = listOf(['tweet.fields', 'expansions', 'media.fields', 'poll.fields', 'user.fields', 'place.fields']);

const likeFields: ListedFields = new Map([
  ...listOf(['like_with_tweet_author.fields', 'user.fields', 'tweet.fields', 'media.fields']),
  ['expansions', words(likeExpansions)],
]);

/** What a stream that carries posts, likes or neither may be asked for. */
export function listedFields(family: 'post' | 'like' | 'none'): ListedFields {
  if (family === 'none') return new Map();
  return family === 'post' ? postFields : likeFields;
}

function listOf(names: readonly (keyof typeof listed)[]): ListedFields {
  return new Map(names.map((name) => [name, words(listed[name])]));
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
