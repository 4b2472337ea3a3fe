import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

/** A line of a card: that something is as it should be, or what is to be known of it. */
export const Note = ({ warn, children }: { readonly warn?: boolean; readonly children: ReactNode }) => {
  const Icon = warn ? TriangleAlert : CircleCheck;
  return (
    <p className={`flex items-start gap-2 text-xs ${warn ? 'text-warn' : 'text-good'}`}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      <span>{children}</span>
    </p>
  );
};
