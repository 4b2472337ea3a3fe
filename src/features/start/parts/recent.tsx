import { Box, Database } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { Link } from 'wouter';
import { classNames } from '../../../components/class-names';
import { formatAmount } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Ago } from '../../../components/time';
import { useRows } from '../../../live-store';
import { paths } from '../../../paths';
import { datasets, models } from '../../../stores';
import { verdictOf } from '../../jobs';
import { FileText } from '../../../components/file-text';
import { visibleText } from '../../../lib/visible-text';

interface Thing {
  readonly id: string;
  readonly icon: LucideIcon;
  readonly href: string;
  readonly name: string;
  readonly note: string;
  readonly time: string;
}

/** As many as leave the whole page in view at 1280 × 800, and in a tall window. */
const SHOWN = 3;
const SHOWN_TALL = 7;

/** The datasets and models that changed last; jobs are in the queue beside. */
export const useRecent = (): readonly Thing[] => {
  const data = useRows(datasets)
    .filter(({ deleted_at }) => deleted_at === null)
    .map(({ id, name, report, updated_at }): Thing => ({
      id,
      icon: Database,
      href: paths.dataset(id),
      name,
      note: formatAmount(report?.usable_records ?? 0, 'usable record'),
      time: updated_at,
    }));
  const adapters = useRows(models)
    .filter(({ deleted_at }) => deleted_at === null)
    .map((model): Thing => ({
      id: model.id,
      icon: Box,
      href: paths.model(model.id),
      name: model.name,
      note: verdictOf(model).words,
      time: model.created_at,
    }));
  return [...data, ...adapters]
    .toSorted((one, other) => other.time.localeCompare(one.time))
    .slice(0, SHOWN_TALL);
};

export const Recent = ({ things }: { readonly things: readonly Thing[] }) => (
  <Panel title="Recent" plain note="Datasets and models">
    <ul>
      {things.map(({ id, icon: Icon, href, name, note, time }, index) => (
        <li
          key={id}
          className={classNames(
            'h-9 items-center gap-3 border-t px-4 first:border-0 hover:bg-hover',
            index < SHOWN ? 'flex' : 'hidden tall:flex',
          )}
        >
          <Icon aria-hidden className="size-4 shrink-0 text-ink-3" />
          <Link href={href} title={visibleText(name)} className="truncate font-medium hover:text-accent-text">
            <FileText>{name}</FileText>
          </Link>
          <span className="shrink-0 text-xs text-ink-2">{note}</span>
          <span className="ml-auto shrink-0 text-xs text-ink-2">
            <Ago time={time} />
          </span>
        </li>
      ))}
    </ul>
  </Panel>
);
