import type { ReactNode } from 'react';
import { visibleText } from '../lib/visible-text';

/** Words of a file or of a person: they keep to themselves which way they run, and hide nothing. */
export const FileText = ({ children }: { readonly children: string }) => <bdi>{visibleText(children)}</bdi>;

/** The same for what may be a text or something drawn. */
export const shownSafely = (content: ReactNode): ReactNode =>
  typeof content === 'string' ? <FileText>{content}</FileText> : content;
