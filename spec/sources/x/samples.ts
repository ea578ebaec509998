/** One line of every kind that X documents, as its samples have it. */
export const samples: Readonly<Record<string, string>> = {
  post: String.raw`{"data":{"edit_history_tweet_ids":["1067094924124872705"],"id":"1067094924124872705","text":"Just getting started with X APIs? \ud83c\udf89 &amp; https:\/\/t.co\/x"}}`,
  filteredPost: JSON.stringify({
    data: {
      attachments: { media_keys: ['3_1'], poll_ids: ['7'], media_source_tweet_id: ['1'] },
      author_id: '2244994945',
      article: { title: 'An article', cover_media: '3_2' },
      community_id: '1146654567674912769',
      context_annotations: [{ domain: { id: '46', name: 'Brand', description: 'd' }, entity: { id: '1', name: 'X' } }],
      conversation_id: '1872000000000000000',
      created_at: '2024-12-25T19:20:30.000Z',
      display_text_range: [0, 42],
      edit_controls: { edits_remaining: 5, is_edit_eligible: true, editable_until: '2024-12-25T20:20:30.000Z' },
      edit_history_tweet_ids: ['1872000000000000000'],
      entities: {
        annotations: [{ start: 0, end: 3, normalized_text: 'Nasa', probability: 0.98, type: 'Organization' }],
        cashtags: [{ start: 0, end: 4, tag: 'TSLA' }],
        hashtags: [{ start: 5, end: 9, tag: 'rxjs' }],
        mentions: [{ start: 10, end: 15, username: 'XDev', id: '2244994945' }],
        urls: [
          {
            start: 16,
            end: 39,
            url: 'https://t.co/a',
            expanded_url: 'https://x.com',
            status: 200,
            images: [{ url: 'https://i', width: 1, height: 2 }],
          },
        ],
      },
      geo: { place_id: '01a9a39529b27f36', coordinates: { type: 'Point', coordinates: [-73.99, 40.74] } },
      id: '1872000000000000000',
      lang: 'en',
      media_metadata: [{ media_key: '3_1', alt_text: 'alt' }],
      note_tweet: { text: 'long', entities: { hashtags: [{ start: 0, end: 1, tag: 'a' }] } },
      note_request_suggestions: [{ suggestion_id: '1', suggestion: 's', source_link: null }],
      paid_partnership: false,
      possibly_sensitive: false,
      public_metrics: {
        retweet_count: 1,
        reply_count: 2,
        like_count: 3,
        quote_count: 4,
        bookmark_count: 5,
        impression_count: 6,
      },
      referenced_tweets: [{ type: 'quoted', id: '1' }],
      reply_settings: 'a_setting_of_tomorrow',
      scopes: { followers: true },
      source: 'X Web App',
      suggested_source_links: ['https://a'],
      suggested_source_links_with_counts: [{ url: 'https://a', count: 2 }],
      text: 'Hello',
      withheld: { copyright: false, country_codes: ['DE'], scope: 'post' },
    },
    includes: {
      users: [
        {
          id: '2244994945',
          name: 'X Dev',
          username: 'XDevelopers',
          verified_type: 'business',
          verified_followers_count: '42',
          affiliation: { user_id: ['1'] },
          withheld: { country_codes: ['FR'] },
        },
      ],
      tweets: [{ id: '1', text: 'quoted', edit_history_tweet_ids: ['1'] }],
      media: [
        {
          media_key: '3_1',
          type: 'photo',
          url: 'https://pbs',
          public_metrics: {},
          variants: [{ bit_rate: 1, content_type: 'video/mp4', url: 'https://v' }],
        },
      ],
      polls: [{ id: '7', options: [{ position: 1, label: 'yes', votes: 3 }], voting_status: 'open' }],
      places: [
        {
          id: '01a9a39529b27f36',
          full_name: 'Manhattan, NY',
          geo: { type: 'Feature', bbox: [-74, 40, -73, 41], properties: {} },
        },
      ],
      topics: [{ id: '1', name: 'Technology', description: 'All about technology' }],
    },
    errors: [
      {
        title: 'Not Found Error',
        detail: 'Could not find tweet',
        type: 'https://api.twitter.com/2/problems/resource-not-found',
        resource_type: 'tweet',
        resource_id: '2',
        parameter: 'referenced_tweets.id',
        value: '2',
      },
    ],
    matching_rules: [
      { id: '1166916266197536768', tag: '' },
      { id: '2', embedding_similarity: 0.9, embedding_threshold: 0.8 },
    ],
  }),
  postUnderNewNames:
    '{"data":{"id":"1","text":"a"},"includes":{"posts":[{"id":"2","text":"b"}]},"news":{"of":"tomorrow"}}',
  like: '{"data":{"id":"8f2a60e6","created_at":"2024-12-25T19:20:30.000Z","liked_tweet_id":"1872000000000000000","timestamp_ms":1735154430123,"tweet_author_id":"2244994945"},"includes":{"users":[{"id":"2244994945"}]}}',
  postDelete:
    '{"data":{"delete":{"tweet":{"id":"601430178305220608","author_id":"3198576760"},"event_at":"2021-07-06T18:40:40.000Z","quote_tweet_id":"7"}}}',
  postDrop:
    '{"data":{"drop":{"tweet":{"id":"601430178305220608","author_id":"3198576760"},"event_at":"2021-07-06T18:40:40.000Z"}}}',
  postUndrop:
    '{"data":{"undrop":{"tweet":{"id":"601430178305220608","author_id":"3198576760"},"event_at":"2021-07-06T18:40:40.000Z"}}}',
  postWithheld:
    '{"data":{"withheld":{"tweet":{"id":"1","author_id":"2"},"withheld_in_countries":["XY"],"event_at":"2021-07-06T18:40:40.000Z"}}}',
  postEdit:
    '{"data":{"tweet_edit":{"tweet":{"id":"1557445923210514432"},"initial_tweet_id":"1557433858676740098","edit_tweet_ids":["1557433858676740098","1557445923210514432"],"event_at":"2022-08-10T19:38:11.110Z"}}}',
  userProtect: '{"data":{"user_protect":{"user":{"id":"2244994945"},"event_at":"2021-07-06T18:40:40.000Z"}}}',
  userWithheld:
    '{"data":{"user_withheld":{"user":{"id":"1"},"withheld_in_countries":["CA","AU"],"event_at":"2021-07-06T18:40:40.000Z"}}}',
  scrubGeo:
    '{"data":{"scrub_geo":{"user":{"id":"1"},"up_to_tweet_id":"411552403083628544","event_at":"2021-07-06T18:40:40.000Z"}}}',
  profileModification:
    '{"data":{"user_profile_modification":{"user":{"id":"1"},"profile_field":"url","new_value":"https://a","event_at":"2021-07-06T18:40:40.000Z"}}}',
  likeDelete: '{"data":{"delete":{"favorite":{"id":"1","user_id":"2"},"event_at":"2021-07-06T18:40:40.123Z"}}}',
  publicNotice:
    '{"data":{"public_tweet_notice":{"tweet":{"id":"1","author_id":"2"},"event_type":"misleading","application":"apply","event_at":"2022-01-01T00:00:00.000Z","details":"d","extended_details_url":"https://h","label_title":"t"}}}',
  publicUnviewable:
    '{"data":{"public_tweet_unviewable":{"tweet":{"id":"1","author_id":"2"},"application":"remove","event_at":"2022-01-01T00:00:00.000Z"}}}',
  futureCompliance: '{"data":{"user_merge":{"user":{"id":"1"},"event_at":"2021-07-06T18:40:40.000Z"}}}',
  profileUpdate:
    '{"data":{"event_uuid":"-2781149976877970683","event_type":"profile.update.bio","filter":{"user_id":"2244994945"},"tag":"t","payload":{"before":"a","after":"b"}}}',
  postCreate:
    '{"data":{"event_uuid":"1146654567674912769","event_type":"post.create","filter":{"keyword":"k","direction":"inbound"},"payload":{"id":"1872000000000000000","text":"hi"},"includes":{"users":[{"id":"1"}]}}}',
  postDeleteActivity:
    '{"data":{"event_uuid":"3","event_type":"post.delete","filter":{},"payload":{"id":"1872000000000000000","author_id":"2"}}}',
  news: '{"data":{"event_uuid":"4","event_type":"news.new","filter":{"keyword":"k"},"payload":{"category":"c","headline":"h","hook":"k","summary":"s"}}}',
  futureActivity: '{"data":{"event_uuid":"5","event_type":"spaces.start","payload":{"anything":1}}}',
  nativePost:
    '{"id":1872000000000000001,"id_str":"1872000000000000001","created_at":"Wed Oct 10 20:19:24 +0000 2018","timestamp_ms":"1539202764123","text":"a","user":{"id_str":"2","screen_name":"b","followers_count":3},"entities":{"hashtags":[]},"retweeted_status":{"id_str":"3","text":"c"}}',
};

export function sample(name: string): string {
  const line = samples[name];
  if (line === undefined) throw new Error(`no sample ${name}`);
  return line;
}

export function parsed(name: string): object {
  return objectOf(sample(name));
}

export function objectOf(line: string): object {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null) throw new Error('no object');
  return value;
}
