import { Search } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { ProgressBar } from '../components/bars';
import { Kbd } from '../components/button';
import { classNames } from '../components/class-names';
import { formatCount } from '../components/format';
import { useNow } from '../components/time';
import { isRunning, shortTimeLeftWords, statusWords } from '../features/jobs';
import { useRows } from '../live-store';
import { paths } from '../paths';
import { datasets, jobs, models } from '../stores';
import { entryOf, SCREENS } from './routes';
import { openOverlay } from './ui-state';
import { FileText } from '../components/file-text';
import { visibleText } from '../lib/visible-text';

const WORDS = 'hidden narrow:inline';
/** Longer in some languages than its line. */
const LABEL = `${WORDS} min-w-0 truncate`;

export const Sidebar = () => {
  const [location] = useLocation();
  const counts = useCounts();
  const running = useRows(jobs).some(isRunning);
  const here = entryOf(location);
  return (
    <nav aria-label="Screens" className="flex min-h-0 flex-col border-r bg-surface-0 p-3 max-narrow:p-2">
      <p className="mb-2 flex h-8 items-center gap-2.5 px-2 font-semibold">
        <Mark />
        <span className={WORDS}>Pipeline</span>
      </p>
      <button
        type="button"
        aria-label="Search or run a command"
        onClick={() => openOverlay('palette')}
        className="mb-3 flex h-8 items-center gap-2 rounded-md border bg-surface-2 px-2 text-ink-3 hover:border-line-strong"
      >
        <Search aria-hidden className="size-4 shrink-0" />
        <span className={LABEL}>Search or run…</span>
        <span className={classNames(WORDS, 'ml-auto shrink-0')}>
          <Kbd>Ctrl K</Kbd>
        </span>
      </button>
      <ul className="flex flex-1 flex-col gap-px">
        {SCREENS.map(({ path, entry }) => {
          if (!entry) return null;
          const Icon = entry.icon;
          return (
            <li key={path} className={path === paths.settings ? 'mt-auto' : undefined}>
              <Link
                href={path}
                title={entry.label}
                aria-current={path === here ? 'page' : undefined}
                className="relative flex h-8 items-center gap-2.5 rounded-md px-2 text-ink-2 hover:bg-hover aria-[current]:bg-active aria-[current]:font-medium aria-[current]:text-ink"
              >
                <Icon aria-hidden className="size-4 shrink-0" />
                <span className={LABEL}>{entry.label}</span>
                {counts[path] ? (
                  <span className={classNames(WORDS, 'ml-auto shrink-0 text-xs font-normal text-ink-3')}>
                    {counts[path]}
                  </span>
                ) : null}
                {path === paths.jobs && running ? (
                  <span
                    aria-hidden
                    className="ml-auto size-1.5 shrink-0 rounded-full bg-good-fill max-narrow:absolute max-narrow:top-1.5 max-narrow:right-1.5"
                  />
                ) : null}
              </Link>
            </li>
          );
        })}
      </ul>
      <Now />
    </nav>
  );
};

const useCounts = (): Readonly<Record<string, string>> => {
  const count = (rows: readonly { deleted_at: string | null }[]) => {
    const there = rows.filter(({ deleted_at }) => deleted_at === null).length;
    return there > 0 ? formatCount(there) : '';
  };
  return { [paths.datasets]: count(useRows(datasets)), [paths.models]: count(useRows(models)) };
};

const Now = () => {
  const now = useNow();
  const job = useRows(jobs).find(isRunning);
  if (!job) return null;
  return (
    <Link
      href={paths.job(job.id)}
      className="-mx-3 mt-3 -mb-3 hidden flex-col gap-1 border-t px-5 py-3 hover:bg-hover narrow:flex"
    >
      <span className="flex items-center gap-2 text-xs font-medium">
        <span aria-hidden className="size-1.5 shrink-0 rounded-full bg-good-fill" />
        <span className="truncate" title={visibleText(job.name)}>
          <FileText>{job.name}</FileText>
        </span>
      </span>
      <ProgressBar label={visibleText(`Progress of ${job.name}`)} value={job.progress} />
      <span
        className="flex justify-between gap-2 text-xs whitespace-nowrap text-ink-2 tabular-nums"
        title={statusWords(job, now)}
      >
        {job.total_steps === null ? null : (
          <span>
            {formatCount(job.current_step)} / {formatCount(job.total_steps)}
          </span>
        )}
        <span className="min-w-0 truncate">{shortTimeLeftWords(job, now)}</span>
      </span>
    </Link>
  );
};

const Mark = () => (
  <svg aria-hidden viewBox="0 0 16 16" className="size-4 shrink-0 fill-none stroke-accent stroke-2">
    <path d="M1 3c2 7 5 10 14 10" strokeLinecap="round" />
  </svg>
);
