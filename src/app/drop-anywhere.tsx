import { Upload } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { pathForFile } from '../api';
import { takeFiles } from '../features/import';

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

export const DropAnywhere = () => {
  const [, navigate] = useLocation();
  const [over, setOver] = useState(false);
  const take = useEffectEvent(
    (files: readonly File[]) => void takeFiles(files.map(pathForFile).filter(Boolean), navigate),
  );
  useEffect(() => {
    const onOver = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(false);
      take([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, []);
  return over ? (
    <div className="pointer-events-none fixed inset-2 z-30 flex items-center justify-center gap-2 rounded-lg border-2 border-dashed border-accent bg-scrim">
      <p className="flex items-center gap-2 rounded-lg bg-surface-2 px-4 py-3 font-medium shadow-3">
        <Upload aria-hidden className="size-4" />
        Drop to import
      </p>
    </div>
  ) : null;
};
