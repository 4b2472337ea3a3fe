/** How likely each character is that is not ASCII, by groups; what is in none hardly occurs. */
export type CharacterGroup =
  | { readonly byFrequency: string }
  | { readonly anyOf: RegExp; readonly share: number; readonly size: number };

export interface WrittenLanguage {
  /** As `TextDecoder` knows it. */
  readonly encoding: string;
  readonly name: string;
  readonly letters: readonly CharacterGroup[];
}

const latin = (encoding: string, name: string, byFrequency: string): WrittenLanguage => ({
  encoding,
  name,
  letters: [{ byFrequency }],
});

const western = (letters: string) => latin('windows-1252', 'Windows-1252', letters);
const central = (letters: string) => latin('windows-1250', 'Windows-1250', letters);

const HAN = /[\u4e00-\u9fff]/u;
const COMMON_HAN =
  '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实';
const COMMON_HANGUL =
  '이다는을에가의고하를로한도기지은사니어있서대리들해아그나인시수것일자정부만게으요제라보면스전주장';

/** Of languages that cannot be told apart the first counts, so the order is that of how often they come. */
export const LANGUAGES: readonly WrittenLanguage[] = [
  western('é£ïñçêè©®½'),
  western('üäöß'),
  western('éàèêçùûâîôœëïæÿ'),
  western('óíáéñú¿¡üªº'),
  western('ãâçêáéóíúàôõü'),
  western('àèùòéì'),
  western('äöåé'),
  western('åøæé'),
  central('łęóąśżćńź'),
  central('íěáýéžščřůúňóďť'),
  central('éáóőöüíúű'),
  central('čšžćđ'),
  {
    encoding: 'windows-1251',
    name: 'Windows-1251',
    letters: [{ byFrequency: 'оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё' }],
  },
  {
    encoding: 'gb18030',
    name: 'GB18030',
    letters: [
      { anyOf: new RegExp(`[${COMMON_HAN}]`, 'u'), share: 0.4, size: COMMON_HAN.length },
      { anyOf: /[，。、：？！；“”‘’（）《》…—]/u, share: 0.1, size: 20 },
      { anyOf: HAN, share: 0.5, size: 7000 },
    ],
  },
  {
    encoding: 'shift_jis',
    name: 'Shift_JIS',
    letters: [
      { anyOf: /[\u3040-\u309f]/u, share: 0.55, size: 83 },
      { anyOf: /[\u30a0-\u30ff]/u, share: 0.12, size: 86 },
      { anyOf: /[。、「」！？]/u, share: 0.08, size: 10 },
      { anyOf: HAN, share: 0.25, size: 3000 },
    ],
  },
  {
    encoding: 'euc-kr',
    name: 'EUC-KR',
    letters: [
      { anyOf: new RegExp(`[${COMMON_HANGUL}]`, 'u'), share: 0.5, size: COMMON_HANGUL.length },
      { anyOf: /[\uac00-\ud7af]/u, share: 0.5, size: 2300 },
    ],
  },
];
