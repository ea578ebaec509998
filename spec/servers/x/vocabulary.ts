/** The words of one language; `gap` stands between them. */
export interface Vocabulary {
  readonly lang: string;
  readonly gap: string;
  readonly words: readonly [string, ...string[]];
}

function vocabulary(lang: string, words: string, gap = ' '): Vocabulary {
  const [first = '', ...rest] = words.split(' ');
  return { lang, gap, words: [first, ...rest] };
}

const english = vocabulary(
  'en',
  'the train left before the storm reached our village and nobody noticed because coffee was better than news today ' +
    'observable streams keep flowing while engineers sleep under quiet northern lights after release',
);

/** Listed as often as they should turn up. */
export const vocabularies: readonly [Vocabulary, ...Vocabulary[]] = [
  english,
  english,
  english,
  vocabulary(
    'ja',
    'きょうは 天気が いいので 散歩に 行きました 新しい 電車の 時刻表を 見た 駅前の 猫が かわいい 東京 ラーメン',
    '',
  ),
  vocabulary(
    'ja',
    '桜が 咲いた ストリームを 読み続ける 接続が 切れても だいじょうぶ ﾊﾝｶｸ 文字も ある 「引用」 です。',
    '',
  ),
  vocabulary('ko', '오늘은 날씨가 좋아서 강가를 걸었다 새로운 기차 시간표를 보았다 고양이가 귀엽다 서울 커피 한잔'),
  vocabulary('pt', 'não há manhã sem café e pão à beira-mar a canção começou às três depois da chuva coração São João'),
  vocabulary('ar', 'القطار يصل في الصباح الباكر والمدينة هادئة بعد المطر قهوة جديدة في السوق القديم'),
  vocabulary('hi', 'आज सुबह बारिश के बाद ट्रेन समय पर आई और बाज़ार में चाय बहुत अच्छी थी'),
  vocabulary('de', 'Die Straßenbahn fährt über die Brücke während Übermüdete schön träumen größer Äpfel Öl müßig'),
  vocabulary('vi', 'Sáng nay trời đẹp chúng tôi uống cà phê ở phố cổ rồi đọc những dòng chữ mới'),
  vocabulary('pl', 'Zażółć gęślą jaźń łódź płynie wśród źdźbeł trawy ćma siedzi'),
];

/** Surrogate pairs, joined sequences, a flag, a keycap and a skin tone: each breaks a naive splitter in its own way. */
export const emoji: readonly [string, ...string[]] = ['😀', '👩‍👩‍👧‍👦', '🏳️‍🌈', '🇯🇵', '1️⃣', '👍🏽', '🧑‍🚀', '❤️‍🔥'];

/** What stands in `text` as X sends it: HTML entities, raw line separators, escapes, a combining accent, a bidi mark. */
export const oddities: readonly [string, ...string[]] = [
  'R&amp;D',
  '1 &lt; 2 &gt; 0',
  'line\u2028separator',
  'paragraph\u2029separator',
  'two\nlines',
  '"quoted" \\ and /',
  'cafe\u0301',
  '\u200fmixed\u200e',
  'tab\tstop',
];

export const hashtags: readonly [string, ...string[]] = [
  'rxjs',
  'streams',
  'news',
  'ラーメン',
  'Köln',
  '서울',
  'قهوة',
  'launch2026',
];

export const usernames: readonly [string, ...string[]] = [
  'ada_l',
  'tailwatcher',
  'norbert42',
  'KyotoTrains',
  'seoul_cafe',
  'jprado',
  'mira_devi',
  'nightly_builds',
];

export const sources: readonly [string, ...string[]] = ['Twitter Web App', 'Twitter for iPhone', 'Twitter for Android'];
