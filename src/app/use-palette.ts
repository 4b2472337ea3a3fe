import { useState } from 'react';
import type { KeyboardEvent } from 'react';
import { useLocation } from 'wouter';
import { useValue } from '../live-value';
import { settings } from '../stores';
import { useEntries } from './palette-entries';
import { found, grouped } from './palette-match';
import { moreOf, thingOf } from './palette-more';
import { unasked } from './recents';

interface Asked {
  readonly query: string;
  /** The id of an entry; the first is chosen where it is not among those shown. */
  readonly chosen: string;
}

const NOTHING_ASKED: Asked = { query: '', chosen: '' };

/** A step from what was asked into one thing. */
interface Step {
  readonly thing: string;
  readonly from: Asked;
}

const EMPTY: readonly string[] = [];

/** What answers what is asked: of everything, or of what can be done with one thing. */
const useShown = ({ query, chosen }: Asked, thing: string | undefined) => {
  const [location] = useLocation();
  const all = useEntries();
  const opened = useValue(settings)?.recently_opened ?? EMPTY;
  const inside = moreOf(all, thing);
  const offered = inside?.entries ?? all;
  const first = inside ? grouped(offered) : unasked(all, { location, opened });
  const groups = query === '' ? first : found(offered, query);
  const shown = groups.flatMap(({ entries }) => entries);
  const entry = shown.find(({ id }) => id === chosen) ?? shown[0];
  const more = inside || !entry ? null : moreOf(all, thingOf(entry));
  return { inside, groups, entry, more, shown: shown.length, all: offered.length };
};

/** What the palette shows for what is typed, and the keys that lead into a thing and back. */
export const usePalette = () => {
  const [asked, setAsked] = useState(NOTHING_ASKED);
  const [step, setStep] = useState<Step | null>(null);
  const answer = useShown(asked, step?.thing);
  const { inside, entry, more } = answer;
  const enter = () => {
    if (!more || !entry) return;
    setStep({ thing: more.thing.id, from: { ...asked, chosen: entry.id } });
    setAsked(NOTHING_ASKED);
  };
  const back = () => {
    setStep(null);
    setAsked(step?.from ?? NOTHING_ASKED);
  };
  const keys: Readonly<Record<string, (() => void) | null>> = {
    Tab: more && enter,
    Escape: inside && back,
    Backspace: asked.query === '' ? inside && back : null,
  };
  return {
    ...answer,
    query: asked.query,
    ask: (query: string) => setAsked({ query, chosen: '' }),
    choose: (chosen: string) => setAsked({ ...asked, chosen }),
    onKeyDown: (event: KeyboardEvent) => {
      const act = event.shiftKey || event.nativeEvent.isComposing ? null : keys[event.key];
      if (!act) return;
      event.preventDefault();
      // Escape would close the whole palette.
      event.stopPropagation();
      act();
    },
  };
};
