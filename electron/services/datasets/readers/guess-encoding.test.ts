import { describe, expect, it } from 'vitest';
import { guessEncoding } from './guess-encoding';

/** What `TextDecoder` decodes, the other way round. */
function encoderOf(label: string): (text: string) => Buffer {
  const decoder = new TextDecoder(label);
  const bytes = new Map<string, readonly number[]>();
  const note = (...code: number[]) => {
    const text = decoder.decode(Uint8Array.from(code));
    if (Array.from(text).length === 1 && text !== '\ufffd' && !bytes.has(text)) bytes.set(text, code);
  };
  for (let byte = 0; byte < 256; byte += 1) note(byte);
  const isWide = !label.startsWith('windows');
  for (let lead = 0x81; isWide && lead < 0xff; lead += 1)
    for (let trail = 0x40; trail < 0xff; trail += 1) note(lead, trail);
  return (text) =>
    Buffer.from(
      Array.from(text).flatMap((character) => {
        const code = bytes.get(character);
        if (code === undefined) throw new Error(`${label} has no ${character}`);
        return code;
      }),
    );
}

const SENTENCES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'windows-1252': {
    German: [
      'Können Sie mir erklären, wie das funktioniert?',
      'Natürlich, ich helfe Ihnen gerne dabei.',
      'Die Straße ist heute wegen Überflutung gesperrt.',
      'Größe',
      'Müller hört Österreichs schönste Lieder.',
      'Er sagte: „Es wäre schön, käme sie früher.“',
    ],
    French: [
      'Pouvez-vous m’expliquer où se trouve la bibliothèque ?',
      'L’été dernier, nous avons visité une église très ancienne.',
      'Ça a été créé à l’école.',
      'déjà',
      'Il va à la gare, puis à la mairie, et à la fin à la plage.',
      'Il a préféré répéter la leçon près de la fenêtre.',
    ],
    Spanish: [
      '¿Cómo puedo cambiar mi contraseña?',
      'El niño comió una manzana por la mañana.',
      '¡Qué día más bonito! Así será también el próximo año.',
      'sí',
      'Según el médico, la operación fue un éxito.',
    ],
    English: ['It’s “fine” — isn’t it?', 'The café costs £5.'],
    Danish: ['Hvor er der på øen en æbletærte at få?'],
    Portuguese: ['Não, a situação não está boa; amanhã também não.'],
    Italian: ['Perché la città è così bella? È già più tardi.'],
    Swedish: ['Vad är klockan på måndag? Jag förstår inte frågan.'],
  },
  'windows-1250': {
    Polish: [
      'Proszę wyjaśnić, jak działa ta funkcja.',
      'Oczywiście, chętnie pomogę panu w tej sprawie.',
      'Zażółć gęślą jaźń.',
      'Książka leży na stole obok łóżka.',
      'Dziękuję, już rozumiem, o co chodziło.',
    ],
    Croatian: ['Možete li mi reći gdje je željeznička stanica?'],
    Czech: ['Příliš žluťoučký kůň úpěl ďábelské ódy. Děkuji, že jste přišli.'],
    Hungarian: ['Köszönöm szépen, hogy eljött. Árvíztűrő tükörfúrógép.'],
  },
  'windows-1251': {
    Russian: [
      'Как пройти в библиотеку?',
      'Конечно, я с радостью вам помогу.',
      'Объясните, пожалуйста, теорему Пифагора — с примерами.',
      'Сегодня хорошая погода, и мы пойдём гулять.',
      'ПОЧЕМУ НЕБО ГОЛУБОЕ?',
    ],
  },
  gb18030: {
    Chinese: [
      '请问图书馆怎么走？',
      '当然，我很乐意帮助你。',
      '今天天气很好，我们去公园散步吧。',
      '是的。',
      '为什么天空是蓝色的？',
      '机器学习模型需要大量训练数据。',
      '《红楼梦》的作者是曹雪芹。',
    ],
  },
  shift_jis: {
    Japanese: [
      '図書館への行き方を教えてください。',
      'もちろん、喜んでお手伝いします。',
      '今日は天気がいいので、公園を散歩しましょう。',
      'はい。',
      'コンピュータのメモリを増やす方法は？',
    ],
  },
  'euc-kr': { Korean: ['도서관에 어떻게 가나요?', '물론입니다. 기꺼이 도와드리겠습니다.'] },
};

const samples = Object.entries(SENTENCES).flatMap(([encoding, languages]) =>
  Object.entries(languages).flatMap(([language, sentences]) =>
    [...sentences, sentences.join(' ')].map((text) => ({ encoding, language, text })),
  ),
);

describe('the guess of an encoding', () => {
  it.each(samples)('names $encoding of $language: $text', ({ encoding, text }) => {
    const encode = encoderOf(encoding);
    const line = JSON.stringify({ messages: [{ role: 'user', content: text }], Id: 'AbCd' });
    expect(guessEncoding(encode(`${line}\n`)).toLowerCase()).toBe(encoding);
    expect(guessEncoding(encode(`instruction,output\n"${text}",yes\n`)).toLowerCase()).toBe(encoding);
  });
});
